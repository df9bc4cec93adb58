"""Archives of many articles for the benchmark ``scale``: how they are made and measured."""
