/*
 * What Debian's libstdc++ and libgcc_s take from glibc and musl does not have. With it both run on musl, whose loader takes itself for
 * libc.so.6 and libm.so.6. Compiled without a C library: 'gcc -shared -nostdlib'.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Never true: then all is atomic. */
char __libc_single_threaded;

/* libgcc_s has these for old programs alone, under versions that musl passes over, and refers to them itself. */
unsigned __cpu_model[4];
int __cpu_indicator_init(void) { return 0; }

/* How exceptions find their tables. */
struct search {
    char *address;
    struct dl_find_object *found;
};

static int look(struct dl_phdr_info *info, size_t size, void *data) {
    struct search *search = data;
    struct dl_find_object *found = search->found;
    int inside = 0;
    (void)size;
    found->dlfo_eh_frame = NULL;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        char *start = (char *)info->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && search->address >= start && search->address < start + part->p_memsz) {
            inside = 1;
            found->dlfo_map_start = start;
            found->dlfo_map_end = start + part->p_memsz;
        }
        if (part->p_type == PT_GNU_EH_FRAME) found->dlfo_eh_frame = start;
    }

    return inside && found->dlfo_eh_frame;
}

int _dl_find_object(void *address, struct dl_find_object *found) {
    struct search search = { address, found };
    memset(found, 0, sizeof *found);
    return dl_iterate_phdr(look, &search) ? 0 : -1;
}

/* Destructors of a thread's variables, the last one first. */
struct ending {
    void (*function)(void *);
    void *object;
    struct ending *next;
};

static pthread_key_t endings;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void end(void *first) {
    for (struct ending *one = first, *next; one; one = next) {
        next = one->next;
        one->function(one->object);
        free(one);
    }
}

static void begin(void) { pthread_key_create(&endings, end); }

int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *library) {
    struct ending *one = malloc(sizeof *one);
    (void)library;
    if (!one) return -1;
    pthread_once(&once, begin);
    *one = (struct ending){ function, object, pthread_getspecific(endings) };
    return pthread_setspecific(endings, one);
}

/* libstdc++ reads the tables of characters from glibc's locale; musl reads what stands before them. There is only the locale "C". */
struct locale {
    void *parts[13];
    const unsigned short *kinds;
    const int *lower, *upper;
    const char *names[13];
};

const unsigned short **__ctype_b_loc(void);
const int **__ctype_tolower_loc(void), **__ctype_toupper_loc(void);
static struct locale c;

locale_t __newlocale(int mask, const char *name, locale_t base) {
    (void)base;
    if (strcmp(name, "C") && strcmp(name, "POSIX") && *name) return NULL;
    memcpy(c.parts, newlocale(mask, "C", NULL), 6 * sizeof *c.parts);
    c.kinds = *__ctype_b_loc();
    c.lower = *__ctype_tolower_loc();
    c.upper = *__ctype_toupper_loc();
    for (int i = 0; i < 13; i++) c.names[i] = "C";
    return (locale_t)&c;
}

locale_t __duplocale(locale_t old) { return old; }

void __freelocale(locale_t old) { (void)old; }

/* By another name there. */
size_t __strftime_l(char *to, size_t size, const char *format, const struct tm *time, locale_t locale) { return strftime_l(to, size, format, time, locale); }
int fseeko64(FILE *file, off64_t offset, int whence) { return fseeko(file, offset, whence); }
off64_t ftello64(FILE *file) { return ftello(file); }
unsigned long __isoc23_strtoul(const char *text, char **end_, int base) { return strtoul(text, end_, base); }

/* .NET has no use for random_device and for numbers of 128 bits. */
unsigned arc4random(void) { abort(); }
int strfromf128(char *to, size_t size, const char *format, _Float128 value) { (void)to; (void)size; (void)format; (void)value; abort(); }
_Float128 strtof128(const char *text, char **end_) { (void)text; (void)end_; abort(); }
