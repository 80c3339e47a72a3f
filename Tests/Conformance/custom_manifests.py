"""Reads manifests of KServe and of Prometheus' operator with the classes of their packages and says what these do not
know. Run by kserve-venv, since one of the packages would meddle with pytest."""

import sys

import kserve
import pydantic
import yaml
from cloudcoil.models.prometheus_operator.v1 import ServiceMonitor


def known(model, content, path):
    """Yields what of `content` the class `model` has no attribute for, or demands and does not find."""
    names = {wire: attribute for attribute, wire in model.attribute_map.items()}
    for name, value in content.items():
        here = f"{path}.{name}"
        if name not in names:
            yield f"{here}: {model.__name__} has no such field"
            continue
        kind = model.openapi_types[names[name]]
        inner = kind[5:-1] if kind.startswith("list[") else kind
        nested = getattr(kserve, inner, None)
        if nested is None or not hasattr(nested, "attribute_map"):
            continue
        for item in value if kind.startswith("list[") else [value]:
            yield from known(nested, item, here)
    try:
        model(**{names[name]: value for name, value in content.items() if name in names})
    except ValueError as fault:
        yield f"{path}: {fault}"


def monitor_faults(content, path):
    """Yields what is wrong with a ServiceMonitor: its class ignores unknown fields, so a copy must be equal."""
    try:
        copy = ServiceMonitor.model_validate(content).model_dump(mode="json", by_alias=True, exclude_unset=True)
    except pydantic.ValidationError as fault:
        yield f"{path}: {fault}"
        return
    if copy != content:
        yield f"{path}: of {content} only {copy} is known"


def main():
    faults = []
    for path in sys.argv[1:]:
        with open(path) as file:
            for content in yaml.safe_load_all(file):
                if content["kind"] == "ServiceMonitor":
                    faults += monitor_faults(content, path)
                    continue
                version = content["apiVersion"].rsplit("/", 1)[1]
                model = getattr(kserve, f"{version[0].upper()}{version[1:]}{content['kind']}")
                faults += known(model, content, f"{path}: {content['kind']}")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
