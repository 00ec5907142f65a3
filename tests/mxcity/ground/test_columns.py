"""What the name of a column says is the same by every way into the portal."""

from __future__ import annotations

import duckdb
import pytest
from ckanext.mxcity.files import infer
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.ground.columns import is_key, is_year
from ckanext.mxcity.tables.chart import spec
from ckanext.mxcity.tables.downloads.columns import Column

KEYS = (
    *("CVEGEO", "cve_mun", "cveEnt", "Código postal", "MUN", "id_colonia", "entidad", "municipio"),
    *("placa", "Tel", "geo", "codigos", "telefonos", "Teléfono del titular", "loc", "localidad"),
    *("manzana", "mun", "mza", "entidad_federativa", "clave de la obra", "ageb", "RFC"),
    *("CodigoPostal", "idCliente", "clienteId", "IDCliente", "RFCEmisor", "numTelefono"),
    *("PlacaVehiculo", "ManzanaCatastral", "EntidadFed", "LocalidadCve", "mun_resid", "cod_mun"),
)
NO_KEYS = (
    *("monto", "idioma", "total de folios", "habitantes", "geometria", "localizador", "municipal"),
    *("manzanas por hectárea", "teleférico", "placas emitidas", "poblacion_municipio"),
    *("total_manzana", "TotalEntidad", "INGRESOS", "TelevisionCable"),
)


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_known_by_their_names(name: str) -> None:
    assert is_key(name)


@pytest.mark.parametrize("name", NO_KEYS)
def test_other_columns_are_none(name: str) -> None:
    assert not is_key(name)


@pytest.mark.parametrize("name", [*KEYS, *NO_KEYS])
def test_a_column_is_text_by_every_way_or_by_none(name: str) -> None:
    """What the reader makes of whole numbers is what the charts make of them."""
    connection = duckdb.connect()
    connection.execute("CREATE VIEW rows AS SELECT CAST(range + 10 AS VARCHAR) c0 FROM range(9)")
    (clean,), _notes = clean_names([name])
    proposed = infer.guess(connection, "rows", {"c0": clean}, {"c0": name})["c0"].type
    figures = spec.choices([Column(name, "numeric", name)]).measured
    assert (proposed == "string", not figures) == (is_key(name),) * 2


@pytest.mark.parametrize(
    ("name", "years"),
    [("año", True), ("anio_fiscal", True), ("Ejercicio", True), ("ultimo_anio", True),
     ("AñoFiscal", True), ("anillo", False), ("manos", False), ("monto", False)],
)  # fmt: skip
def test_years_are_known_by_their_names(name: str, years: bool) -> None:
    assert is_year(name) is years
    column = Column(name, "numeric", name)
    assert spec.is_time(column) is years
