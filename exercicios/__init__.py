"""Os exercícios da aula: as cópias a editar, as soluções e as conferências. Comece por docs/exercicios.md."""
