from tests.broker.conftest import sala as sala  # a mesma dos testes com Kafka
