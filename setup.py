"""Map the top-level rooms to the import names `denshi_hosho.*` (docs/adr/0001)."""

from setuptools import find_packages, setup

ROOMS = ("core", "rules", "resolvers", "schema", "cli", "migrations", "examples")

setup(
    packages=[
        f"denshi_hosho.{package}" for room in ROOMS for package in find_packages(".", include=(room, f"{room}.*"))
    ],
    package_dir={f"denshi_hosho.{room}": room for room in ROOMS},
)
