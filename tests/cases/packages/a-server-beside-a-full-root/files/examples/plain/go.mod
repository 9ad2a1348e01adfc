module lagoon.example/plain

require example.org/unneeded v1.0.0
