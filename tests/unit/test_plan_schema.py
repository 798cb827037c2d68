import importlib.util
import json
from pathlib import Path

from framewright.render.planning.document import write_document
from truth import plans

_TOP = Path(__file__).parents[2]


def test_the_schema_is_what_the_model_says():
    spec = importlib.util.spec_from_file_location("write_plan_schema", _TOP / "scripts/write_plan_schema.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (_TOP / "docs/plan.schema.json").read_text(encoding="utf-8") == script.page(), "run make docs"


def test_a_plan_has_the_fields_of_the_schema_and_no_other():
    schema = json.loads((_TOP / "docs/plan.schema.json").read_text(encoding="utf-8"))

    def look(value, told):
        told = schema["$defs"][told["$ref"].rpartition("/")[2]] if "$ref" in told else told
        if "properties" in told:
            assert value.keys() == told["properties"].keys()
            assert set(told.get("required", ())) <= value.keys()
            for name, part in value.items():
                look(part, told["properties"][name])
        for part in value if isinstance(value, list) and "items" in told else ():
            look(part, told["items"])

    look(json.loads(write_document(plans.plan())), schema)
