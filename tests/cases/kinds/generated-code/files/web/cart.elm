module Cart exposing (..)
