// main.c
// The process's entry point. It is in C because C's main receives the words of the command line; Swift's CommandLine searches
// memory for them, and finds none if a preloaded library has moved the environment.

int aelog_main(int argc, char **argv);

int main(int argc, char **argv) { return aelog_main(argc, argv); }
