"""YAML to dataclasses and back, with an error that names the key."""

import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from fitxa_trainer.errors import InputError

_EXTENDS = "extends"


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in `path`, laid over the file that its key `extends` names (relative to it).

    Raises InputError for a missing file, bad YAML and a file that extends itself.
    """
    return _read(path, ())


def _read(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    if path.resolve() in seen:
        raise InputError(f"The configuration {path} extends itself; take the key extends out of one of the files.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The configuration {path} cannot be read; give the path of a YAML file.") from error
    except yaml.YAMLError as error:
        place = str(error).replace("\n", " ")
        raise InputError(f"The configuration {path} is no valid YAML: {place}.") from error
    values = {} if content is None else content
    if not isinstance(values, dict):
        raise InputError(f"{path}: expected a mapping of keys to values, not {values!r}.")
    base = values.pop(_EXTENDS, None)
    if base is None:
        return values
    if not isinstance(base, str):
        raise InputError(f"{path}, {_EXTENDS}: expected the name of a file, not {base!r}.")
    return merged(_read(path.parent / base, (*seen, path.resolve())), values)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `over` laid over it, section by section."""
    result = dict(base)
    for key, value in over.items():
        known = result.get(key)
        result[key] = merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return result


def lay_over(values: dict[str, Any], override: str) -> None:
    """Set `section.key=value` in `values`. InputError when it is not written so."""
    key, separator, text = override.partition("=")
    if not separator:
        raise InputError(f"--set {override!r}: write it as section.key=value.")
    *sections, name = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})
    values[name] = yaml.safe_load(text)


def plain(value: Any) -> Any:
    """A dataclass as mappings, lists and scalars."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value


def build(kind: type[Any], values: Any, where: str) -> Any:
    """An instance of the dataclass `kind` from a mapping; `where` names the place for messages.

    Raises InputError for an unknown key or a value of the wrong kind.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"{where}: expected a mapping of keys to values, not {values!r}.")
    hints = typing.get_type_hints(kind)
    arguments: dict[str, Any] = {}
    for key, value in values.items():
        if key not in hints:
            near = difflib.get_close_matches(str(key), hints, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(hints)}."
            raise InputError(f"{where}: unknown key {key!r}; {hint}")
        arguments[key] = _convert(hints[key], value, f"{where}, {key}")
    return kind(**arguments)


def _convert(kind: Any, value: Any, where: str) -> Any:
    """`value` as `kind`: a dataclass, a tuple, a mapping of strings, a choice, or a scalar, any of them or null."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return build(kind, value, where)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _convert(next(part for part in parts if part is not type(None)), value, where)
    if origin is typing.Literal:
        if value is False:  # YAML reads a bare `off` or `no` as false
            value = "off"
        if value not in parts:
            near = difflib.get_close_matches(str(value), parts, n=1, cutoff=0.7)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(parts)}."
            raise InputError(f"{where}: {value!r} is not a choice; {hint}")
        return value
    if origin is tuple:
        items = value if isinstance(value, list | tuple) else [value]
        return tuple(_convert(parts[0], item, where) for item in items)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
            raise InputError(f"{where}: expected a mapping of languages to texts, not {value!r}.")
        return dict(value)
    return _scalar(kind, value, where)


def _scalar(kind: type[Any], value: Any, where: str) -> Any:
    if kind is float and isinstance(value, str):  # YAML reads 1e-3 as a text, 1.0e-3 as a number
        try:
            return float(value)
        except ValueError:
            pass
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise InputError(f"{where}: expected {kind.__name__}, not {value!r}.")
    return value
