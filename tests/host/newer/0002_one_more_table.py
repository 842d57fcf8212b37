"""What a newer version of the program might do to the database.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("one_more", sa.Column("id", sa.Integer, primary_key=True))
