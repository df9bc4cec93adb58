"""Until when what was read in a payload holds for its later captures."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("extraction", sa.Column("holds_until", sa.DateTime(timezone=True), nullable=True))
