"""O que falta nesta máquina, ou neste Kafka, para a aula: um exame por arquivo, da máquina para a lição."""
