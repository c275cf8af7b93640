/* A PKCS #11 module that does one thing wrong in each of its functions, as STRANGE_MODULE says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long wrong(void) {
    const char *how = getenv("STRANGE_MODULE");
    printf("a module that talks\n");
    fflush(stdout);
    if (how != NULL && strcmp(how, "crash") == 0) abort();
    if (how != NULL && strcmp(how, "hang") == 0) for (;;) pause();
    if (how != NULL && strcmp(how, "exit") == 0) _exit(0);
    return how == NULL ? 5UL : strtoul(how, NULL, 16);
}

static struct {
    unsigned char version[2];
    unsigned long (*functions[68])(void);
} list;

unsigned long C_GetFunctionList(void **out) {
    list.version[0] = 2;
    list.version[1] = 40;
    for (int i = 0; i < 68; i++) list.functions[i] = wrong;
    *out = &list;
    return 0;
}
