struct Beam {}
