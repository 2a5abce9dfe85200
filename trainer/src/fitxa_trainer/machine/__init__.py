"""The far end of `fitxa train --ssh`: what Fitxa runs on an attached GPU machine.

Uses only the standard library, and is used by no other part of the trainer: Fitxa sends these files through ssh at
every connection and runs them from there (src/main/core/training/remote/), so both ends are always of one version. A
run outlives the connection because `supervise` and `install` are started as programs of their own.

Requests are JSON Lines on stdin, empty lines mean "still here"; `keepList` and `receive` are followed by raw bytes.
Answers are JSON Lines on stdout: {"alive"}, {"progress": …}, {"bytes": n, …} followed by n raw bytes, and at last
{"done": …} or {"failed": {"code", …}}. Nothing that came from a person is ever put into a shell's command line.

Folder on the machine (`~/.fitxa` unless another is asked for), readable by its owner alone:
  README.txt            what this is and when what may be removed
  files/<aa>/<sha256>   contents that were sent, once each; `.part` while they arrive
  lists/<sha256>.json   what a run was given: [[path, sha256, bytes], …]
  python/               the Python environment, if one had to be made
  runs/<id>/            given files by name (links into files/), task.json, output.jsonl, log.txt, exit.json, results
"""
