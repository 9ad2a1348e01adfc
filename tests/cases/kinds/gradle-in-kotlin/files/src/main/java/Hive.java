class Hive {}
