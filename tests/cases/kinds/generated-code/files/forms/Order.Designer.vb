' made by a designer
