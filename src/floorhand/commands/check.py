"""``floorhand check``: prove the stock, keep the proof, and verify the line of an earlier one."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from floorhand.commands import listing
from floorhand.commands.signing_key import key_file, sign, signing_key
from floorhand.config import Settings
from floorhand.domain.proofs import is_genuine, name_of, read
from floorhand.errors import BadSetting, DatabaseAway, DatabaseUnusable
from floorhand.store import proofs
from floorhand.store.check import VIOLATIONS_MAX, counted
from floorhand.store.db import open_database
from floorhand.store.masters import has_sites, require_site
from floorhand.store.proofs import Proved
from floorhand.store.reading import reading
from floorhand.text.visible import visible


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument(
        "--verify",
        metavar="LINE",
        help="say whether the signed line of an earlier proof is as it was written",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Check every invariant; 0 if all hold or there is nothing yet, 1 if one does not."""
    if args.verify is not None:
        return _verify(args.verify, settings)
    now = datetime.now(UTC)
    with reading(settings.database) as tx:
        if not has_sites(tx):
            return _nothing(args, counted(tx, settings.site))
        require_site(tx, settings.site)
        proved = proofs.prove(tx, settings.site, now)
    proof = proved.proof
    line = sign(settings, proof) if proof.ok else ""
    code = _tell_json(proved, line) if args.json else _tell(proved, line)
    sys.stdout.flush()  # to keep it waits for its turn, to be told of it does not
    _keep(settings, proved, line)
    return code


def _tell_json(proved: Proved, line: str) -> int:
    proof = proved.proof
    told = {
        **asdict(proof),
        "at": proof.at.isoformat(),
        "ok": proof.ok,
        "line": line,
        "violations": [asdict(one) for one in proved.violations],
    }
    print(listing.in_json(told))
    return 0 if proof.ok else 1


def _tell(proved: Proved, line: str) -> int:
    for one in proved.violations:
        print(visible(str(one)), file=sys.stderr)
    if found := len(proved.violations):
        more = " or more" if found == VIOLATIONS_MAX else ""
        print(f"{found}{more} violations. Nobody should write until they are resolved.")
        return 1
    proof = proved.proof
    print(
        f"ledger = balances: {proof.moves} moves of {proof.operations} operations, "
        f"{proof.pieces} pieces in {proof.stock_rows} places and lots, nothing negative, nothing "
        "orphaned"
    )
    if line:
        print(line)
    return 0


def _nothing(args: argparse.Namespace, figures: dict[str, int]) -> int:
    if args.json:
        print(json.dumps({**figures, "ok": True, "violations": []}, indent=1))
    else:
        print("There is no warehouse in this database yet, so there is nothing to check.")
    return 0


def _keep(settings: Settings, proved: Proved, line: str) -> None:
    """Write the proof down for the figures of shifts; a copy that only reads is checked, too."""
    try:
        with open_database(settings.database, create=False).begin() as tx:
            proofs.keep(tx, proved, line)
    except (DatabaseAway, DatabaseUnusable, SQLAlchemyError) as error:
        print(f"The proof could not be kept: {visible(str(error))}", file=sys.stderr)


def _verify(line: str, settings: Settings) -> int:
    """Say whether a line was signed here, and not changed since.

    Raises:
        BadSetting: If it is no such line, or was signed with another key.
    """
    taken = read(line)
    if taken is None:
        raise BadSetting(
            "This is no line of a proof. Give it whole, in quotes, as floorhand check or floorhand "
            "summary printed it: it ends with its key and its signature."
        )
    said, key_name, signature = taken
    if not key_file(settings).exists():
        raise BadSetting(
            f"There is no key here to verify with: {key_file(settings)} is missing. Verify where "
            "the line was signed."
        )
    key = signing_key(settings)
    if key_name != name_of(key):
        raise BadSetting(
            f"The line was signed with the key {visible(key_name)}, and here is {name_of(key)}. "
            "Verify where it was signed, or with the database it is of."
        )
    if is_genuine(said, signature, key):
        print(f"Genuine: {visible(said)}")
        return 0
    print("NOT GENUINE: the line was changed after it was signed, or never was.")
    return 1
