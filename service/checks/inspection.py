"""One run of the rules over a rule book: which files in which regions, each content once.

The same run for ``xueji check`` and for a deployment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from service.checks.findings import Finding
from service.checks.frame import run_rules
from service.checks.model import Model
from service.checks.rulebook import Rulebook
from service.errors import BadDefinition
from service.policy.library import Bundle


def inspect(
    book: Rulebook, *, names: Collection[str] | None = None, regions: Collection[str] | None = None
) -> list[Finding]:
    """Findings in the files of these names (all if None) as they stand in these regions (all if None)."""
    return run_rules(models(book, names=names, regions=regions))


def models(
    book: Rulebook, *, names: Collection[str] | None = None, regions: Collection[str] | None = None
) -> Iterator[Model]:
    """Every file to look at. A region that uses the very same files as another needs no second look."""
    seen: set[tuple[str, str]] = set()
    for region in book.regions:
        if regions is not None and region.code not in regions:
            continue
        for bundle in book.bundles(region.code):
            for name in bundle.files if names is None else sorted(bundle.files.keys() & set(names)):
                key = (name, _digest(bundle, name))
                if key not in seen:
                    seen.add(key)
                    yield Model(book=book, bundle=bundle, source=bundle.files[name])


def _digest(bundle: Bundle, name: str) -> str:
    """One for all a file leans on; a file that cannot be read leans on nothing."""
    try:
        return bundle.digest(name)
    except BadDefinition:
        return bundle.files[name].digest


def leaning_on(bundle: Bundle, changed: Collection[str]) -> set[str]:
    """The changed files of a bundle and those that lean on one of them."""
    return {name for name in bundle.files if set(bundle.closure(name)) & set(changed)}
