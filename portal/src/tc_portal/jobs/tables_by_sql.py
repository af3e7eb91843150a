"""What the migrations have in common: tables that ``schema/*.sql`` creates, and models that only name them."""

from pathlib import Path
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SCHEMA = Path(__file__).parent / "schema"


def execute_schema(schema_editor: BaseDatabaseSchemaEditor, prefix: str = "") -> None:
    """Execute ``schema/<prefix><vendor>.sql`` as it stands."""
    vendor = schema_editor.connection.vendor
    schema = (SCHEMA / f"{prefix}{vendor}.sql").read_text(encoding="utf-8")
    # Django's cursor runs one statement at a time on SQLite; no statement of ours holds a semicolon inside.
    for statement in schema.split(";") if vendor == "sqlite" else [schema]:
        if statement.strip():
            schema_editor.execute(statement, params=None)


def tables_of(name: str) -> migrations.RunPython:
    """The operation that creates what ``schema/<name>.<vendor>.sql`` holds."""
    return migrations.RunPython(
        lambda apps, schema_editor: execute_schema(schema_editor, f"{name}."), migrations.RunPython.noop
    )


def reference(model: str, related_name: str, null: bool = False) -> Any:
    return models.ForeignKey(f"jobs.{model}", on_delete=models.DO_NOTHING, related_name=related_name, null=null)


def unmanaged(name: str, table: str, *fields: tuple[str, Any]) -> migrations.CreateModel:
    """A model that names a table; rows are numbered unless ``fields`` hold a key."""
    has_key = any(field.primary_key for _, field in fields)
    number = [] if has_key else [("id", models.BigAutoField(primary_key=True, serialize=False))]
    return migrations.CreateModel(name=name, fields=[*number, *fields], options={"db_table": table, "managed": False})
