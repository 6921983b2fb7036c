"""The question sets, one module `lesson_NN` for each lesson, holding one `SET`."""
