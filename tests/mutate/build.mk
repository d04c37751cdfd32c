# build.mk: builds the unit tests and sscep of a copy of the tree so that a change
# of one source costs little: the tests share a library, and are linked once.
#
# It is read in the directory where config.h is; $(top) is the copy.
sources := $(filter-out src/compat/windows/%,$(shell sed -n \
	's/^\t\(src[^ ]*\.c\).*/\1/p' $(top)/sources.mk))
helpers := $(filter-out test_%,$(notdir $(basename $(wildcard \
	$(top)/tests/unit/*.c))))
tests := $(notdir $(basename $(wildcard $(top)/tests/unit/test_*.c)))
objects := $(sources:%.c=o/%.o) o/tests/mutate/reach.o
libraries := $(shell pkg-config --libs libssl libcrypto cmocka)

CC = gcc
# What is undefined ends a program, as what is beyond an array.
CFLAGS = -O0 -w -fPIC -fsanitize=undefined -fsanitize-undefined-trap-on-error
# It costs nothing but at the end of a program.
SANITIZE = -fsanitize=leak
compile = $(CC) -std=c11 $(CFLAGS) -MMD -I. -I$(top)/src -D_XOPEN_SOURCE=700 \
	-DHAVE_CONFIG_H -include $(top)/tests/mutate/reach.h \
	-DREACH_FILE='"$(CURDIR)/reached"' -DLEAKS_FILE='"$(CURDIR)/leaks"' \
	-c -o $@ $<
# The program is linked so, too: what resolves a name later leaves registers, and
# secrets that were in them, on the stack.
link = $(CC) $(LINKER) -Wl,-z,now -Wl,-rpath,$(CURDIR)

unit: $(tests) libmutate.so
program: sscep sscep-leaks

o/%.o: $(top)/%.c
	@mkdir -p $(@D)
	$(compile)

libmutate.so: $(objects)
	$(link) -shared -o $@ $^ $(libraries)

# A program only needs the names that the library has, and they stay.
$(tests): %: o/tests/unit/%.o $(helpers:%=o/tests/unit/%.o) | libmutate.so
	$(link) $(SANITIZE) -o $@ $^ libmutate.so $(libraries)

# It needs no library that is not the system's: some tests give it a root.
sscep: o/src/main.o $(objects)
	$(link) -o $@ $^ $(libraries)

sscep-leaks: o/src/main.o $(objects)
	$(link) $(SANITIZE) -o $@ $^ $(libraries)

-include $(shell find o -name '*.d' 2>/dev/null)
.SECONDARY:
