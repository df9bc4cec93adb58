"""Evidence in time: until when a page named a translation, and in which month a block was common.

Both are of the view: the columns stay empty for what is settled already, until it is settled again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alternate", sa.Column("named_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("boilerplate", sa.Column("month", sa.Text(), nullable=True))
