/*
 * A PKCS #11 module that does one thing wrong, as STRANGE_MODULE says: in each of its functions, or in the one that STRANGE_FUNCTION
 * numbers. The others have one slot with one token.
 */
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

static unsigned long right(void) { return 0; }

static unsigned long slots(unsigned char present, unsigned long *ids, unsigned long *count) {
    (void)present;
    *count = 1;
    ids[0] = 1;
    return 0;
}

static unsigned long token(unsigned long slot, char *info) {
    (void)slot;
    memset(info, ' ', 96);
    memcpy(info, "strange", 7);
    return 0;
}

unsigned long C_GetFunctionList(void **out) {
    list.version[0] = 2;
    list.version[1] = 40;
    const char *at = getenv("STRANGE_FUNCTION");
    for (int i = 0; i < 68; i++) list.functions[i] = at == NULL ? wrong : right;
    if (at != NULL) {
        list.functions[4] = (unsigned long (*)(void))slots;
        list.functions[6] = (unsigned long (*)(void))token;
        list.functions[atoi(at)] = wrong;
    }
    *out = &list;
    return 0;
}
