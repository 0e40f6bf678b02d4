"""Uma solução de cada exercício: as mesmas cópias, com os TODOs resolvidos. Os testes as rodam."""
