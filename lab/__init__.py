"""As ferramentas do laboratório: `python -m lab COMANDO`. Nenhum dos quatro scripts importa este pacote."""
