// main.c
// The process, and nothing else. In C, because C's main is given the words of the command line: Swift's CommandLine searches
// memory for them, and finds none where a preloaded library has moved the environment.

int aelog_main(int argc, char **argv);

int main(int argc, char **argv) { return aelog_main(argc, argv); }
