"""What people call a column that nobody gave a title: "tamano_lote" is "Tamaño lote".

Names of columns have no ñ and no accents. Only words that are always written so get them back. No
CKAN import.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HUMP = re.compile(r"(?<=[a-záéíóúñ0-9])(?=[A-ZÁÉÍÓÚÑ][a-záéíóúñ])")
#: Words whose name without signs is written in no other way.
_WORDS = {
    "anio": "año", "anios": "años", "ano": "año", "anos": "años", "tamano": "tamaño",
    "nino": "niño", "ninos": "niños", "nina": "niña", "ninas": "niñas", "espanol": "español",
    "dueno": "dueño", "senal": "señal", "dia": "día", "dias": "días", "pais": "país",
    "numero": "número", "num": "número", "codigo": "código", "categoria": "categoría",
    "subcategoria": "subcategoría", "secretaria": "secretaría", "vehiculo": "vehículo",
    "vehiculos": "vehículos", "area": "área", "areas": "áreas", "telefono": "teléfono",
    "indice": "índice", "genero": "género", "titulo": "título", "ultimo": "último",
    "ultima": "última", "minimo": "mínimo", "maximo": "máximo", "minima": "mínima",
    "maxima": "máxima", "energia": "energía", "policia": "policía", "mexico": "México",
    "leon": "León", "garantia": "garantía", "economia": "economía", "economico": "económico",
    "economica": "económica", "electrico": "eléctrico", "electrica": "eléctrica",
    "camion": "camión", "region": "región", "razon": "razón", "periodico": "periódico",
    "deposito": "depósito", "transito": "tránsito", "credito": "crédito", "vigesimo": "vigésimo",
    "via": "vía", "vias": "vías", "kilometros": "kilómetros", "km": "km", "edicion": "edición",
    "basico": "básico", "tecnico": "técnico", "unico": "único", "turistico": "turístico",
    "habil": "hábil", "habiles": "hábiles",
    "cve": "clave", "ent": "entidad", "mun": "municipio", "loc": "localidad", "nom": "nombre",
    "pct": "%", "porc": "%", "pob": "población", "tot": "total", "prom": "promedio",
    "desc": "descripción", "dir": "dirección", "fec": "fecha", "cant": "cantidad",
}  # fmt: skip
#: Words that are written in capitals.
_CAPITALS = frozenset(
    ("ageb", "clee", "co2", "cp", "curp", "no2", "o3", "pm10", "pm25", "rfc", "so2")
)
_ENDS = re.compile(r"(?<=[a-z]{2})([cs])ion\Z")


@lru_cache(maxsize=4096)
def spoken(name: str) -> str:
    """Return the name of a column as words: "fecha_hora" is "Fecha hora"."""
    words = [_word(word) for word in re.split(r"[_\s]+", _HUMP.sub("_", name)) if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:] if text else name


def _word(word: str) -> str:
    if not word.isascii() or (word.isupper() and len(word) > 1 and word.lower() not in _WORDS):
        return word
    plain = word.lower()
    if plain in _CAPITALS:
        return plain.upper()
    return _WORDS.get(plain) or _ENDS.sub(r"\1ión", plain)
