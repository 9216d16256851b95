"""Folium pages: frames in, pages out. Draws; never reads data."""
