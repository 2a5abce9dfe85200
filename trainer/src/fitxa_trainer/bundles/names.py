"""What cards and tables call facets, splits and members, for people."""

FACET_NAMES: dict[str, str] = {
    "objectTypes": "Object Types",
    "materials": "Materials",
    "disciplines": "Disciplines",
    "subjects": "Subjects",
}

SPLIT_NAMES: dict[str, str] = {
    "train": "training",
    "validation": "validation",
    "inner": "Inner test",
    "outer": "Outer test",
}

#: By the name of the task.
TASK_NAMES: dict[str, str] = {
    "multilabel": "multi-label (ML)",
    "multi-label": "multi-label (ML)",
    "softmax": "softmax (S)",
    "softmax-weighted": "softmax, weighted (WCE)",
    "hsoftmax-nodes": "H-softmax (nodes)",
    "hsoftmax-levels": "H-softmax (levels)",
    "clip-one-tag": "CLIP, 1 tag",
    "clip-all-tags": "CLIP, all tags",
    "clip-prompt": "CLIP, 1 tag prompt",
    "zero-shot": "CLIP zero-shot",
}
