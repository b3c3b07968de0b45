"""The secret from which all inputs of a course are drawn, kept with the gradebook."""

import secrets

import sqlalchemy as sa

_TABLE = sa.Table(
    "judge_secret",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)


def secret(db_url: str) -> str:
    """The course's secret; drawn and stored at the first use.

    It lies in a table of its own in the gradebook's database, so that it goes where the gradebook
    goes and grading can be repeated to the bit.
    """
    engine = sa.create_engine(db_url)
    try:
        _TABLE.create(engine, checkfirst=True)
    except sa.exc.DatabaseError:  # another process was faster
        pass
    try:
        with engine.begin() as connection:
            connection.execute(sa.insert(_TABLE).values(id=1, value=secrets.token_hex(32)))
    except sa.exc.IntegrityError:  # it is there already
        pass
    with engine.connect() as connection:
        value = connection.execute(sa.select(_TABLE.c.value).where(_TABLE.c.id == 1)).scalar_one()
    engine.dispose()
    return value
