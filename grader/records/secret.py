"""The secret from which all inputs of a course are drawn, kept with the gradebook."""

import secrets
from contextlib import suppress

import sqlalchemy as sa

METADATA = sa.MetaData()
_TABLE = sa.Table(
    "judge_secret",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)


def secret(db_url: str) -> str:
    """The course's secret; drawn and stored at the first use.

    It lies in a table of its own in the gradebook's database, so that it goes where the gradebook
    goes and grading can be repeated to the bit.
    """
    engine = sa.create_engine(db_url, poolclass=sa.NullPool)
    with suppress(sa.exc.DatabaseError):  # another process was faster
        _TABLE.create(engine, checkfirst=True)
    with suppress(sa.exc.IntegrityError), engine.begin() as connection:  # it is there already
        connection.execute(sa.insert(_TABLE).values(id=1, value=secrets.token_hex(32)))
    with engine.connect() as connection:
        value = connection.execute(sa.select(_TABLE.c.value).where(_TABLE.c.id == 1)).scalar_one()
    engine.dispose()
    return value


def write(connection: sa.Connection, value: str) -> None:
    """Put a secret into another database, in the place of the one there."""
    connection.execute(sa.delete(_TABLE))
    connection.execute(sa.insert(_TABLE).values(id=1, value=value))
