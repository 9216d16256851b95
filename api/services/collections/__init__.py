"""The layers as collections of features, in the words of OGC API – Features."""
