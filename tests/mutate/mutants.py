"""Finds the places of a C source where a small fault can be planted."""

import collections
import re

# old becomes new at this offset of the text; block is the line that begins the
# innermost block around it.
Mutant = collections.namedtuple(
    "Mutant", "name file line kind start old new block")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def code_only(text):
    """The text with blanks for comments, strings and preprocessor lines."""
    text = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
                  lambda m: m.group() if m.group() == '""' else blank(m),
                  text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)


def functions(code):
    """Begin, end, and what is before it, of each function: by its braces, which
    are alone at the beginning of a line."""
    for match in re.finditer(r"^\{\n.*?^\}", code, flags=re.M | re.S):
        head = code[:match.start()].rsplit("}\n", 1)[-1].rsplit(";\n", 1)[-1]
        yield match.start(), match.end(), head


def closing(code, start):
    """The offset of the bracket that closes the one at start."""
    depth = 0
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return len(code) - 1


def arguments(code, start):
    """The texts between the commas of the brackets that begin at start."""
    end, depth, first, found = closing(code, start), 0, start + 1, []
    for at in range(start + 1, end + 1):
        if at == end or code[at] == "," and depth == 0:
            found.append((first, at))
            first = at + 1
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(code[at], 0)
    return found


# --- the kinds: each yields (offset, length, new text) ------------------------

def conditions(code):
    for match in re.finditer(r"\bif (?=\()", code):
        start, end = match.end(), closing(code, match.end())
        yield start, end + 1, code[end + 1:end + 200]


def negate(text, code, head):
    """A condition is negated."""
    for start, end, _ in conditions(code):
        yield start, end - start, "(!%s)" % text[start:end]


def check(text, code, head):
    """A check is left out; what it does besides is done."""
    refusal = r"\s*(\{\s*)?(return (fail|false|st\b|NULL|-1)|goto )"
    for start, end, after in conditions(code):
        if re.match(refusal, after):
            yield start, end - start, "(%s && 0)" % text[start:end]


def bound(text, code, head):
    """A comparison is off by one."""
    for match in re.finditer(r" (<|>|<=|>=) ", code):
        old = match.group(1)
        yield (match.start() + 1, len(old),
               old[0] if len(old) > 1 else old + "=")


def constant(text, code, head):
    """A constant is off by one."""
    for match in re.finditer(r"(?<![\w.])\d+(?![\w.])", code):
        yield match.start(), len(match.group()), match.group() + " + 1"


def prefix(text, code, head):
    """A comparison leaves out the last octet."""
    for match in re.finditer(r"\b(str|strn|mem|CRYPTO_mem)cmp(?=\()", code):
        parts = [text[a:b] for a, b in arguments(code, match.end())]
        start, end = match.start(), closing(code, match.end()) + 1
        if match.group(1) == "str" and len(parts) == 2:
            length, name = "strlen(%s)" % parts[1].strip(), "strncmp"
        elif len(parts) == 3:
            length, name = parts[2].strip(), match.group()
        else:
            continue
        yield start, end - start, "%s(%s,%s, (%s) - ((%s) > 0))" % (
            name, parts[0], parts[1], length, length)


def free(text, code, head):
    """Something is not freed, or not cleansed."""
    for match in re.finditer(
            r"^\t+(\w*(?:free|cleanse|free_all|clear_free))(?=\()", code,
            flags=re.M):
        start, end = match.start(1), closing(code, match.end()) + 1
        if code[end:end + 1] == ";":
            yield start, end - start, "(void)0"


def disjunction(text, code, head):
    """One of several conditions is enough."""
    for match in re.finditer(r"&&", code):
        yield match.start(), 2, "||"


def status(text, code, head):
    """A failure is returned as success."""
    if not re.match(r"\s*(static )?enum status\s", head):
        return
    for match in re.finditer(r"\breturn (?!ST_OK\b)([^;]+);", code):
        start, end = match.span(1)
        yield start, end - start, "(void)(%s), ST_OK" % text[start:end]


def truth(text, code, head):
    """Errors below zero count as success."""
    for match in re.finditer(r"([!=])= 1\b", code):
        yield (match.start(), len(match.group()),
               "!= 0" if match.group(1) == "=" else "== 0")


KINDS = (negate, check, bound, constant, prefix, free, disjunction, status, truth)


def blocks(code):
    """The lines that begin a block, each with the line that ends it: bodies of
    functions, of conditions and of loops."""
    opened, found = [], []
    for number, line in enumerate(code.split("\n"), 1):
        line = line.rstrip()
        for at, char in enumerate(line):
            if char == "{":
                begins = line == "{" or at == len(line) - 1 and re.search(
                    r"(\)|\belse|\bdo) \{$", line) and not re.search(
                        r"\bswitch ", line)
                opened.append(number if begins else None)
            elif char == "}" and opened:
                first = opened.pop()
                if first:
                    found.append((first, number))
    return found


def block_of(found, line):
    """The innermost block that has the line, the line that begins it excluded."""
    return max((first for first, last in found if first < line <= last),
               default=0)


def mutants(file, text):
    """All mutants of a source."""
    code = code_only(text)
    found, seen, around = [], collections.Counter(), blocks(code)
    for begin, end, head in functions(code):
        for kind in KINDS:
            for at, length, new in kind(text[begin:end], code[begin:end], head):
                start = begin + at
                line = text.count("\n", 0, start) + 1
                found.append((start, line, kind.__name__,
                              text[start:start + length], new))
    result = []
    for start, line, kind, old, new in sorted(found):
        name = "%s:%d:%s" % (file, line, kind)
        seen[name] += 1
        if seen[name] > 1:
            name += ".%d" % seen[name]
        result.append(Mutant(name, file, line, kind, start, old, new,
                             block_of(around, line)))
    return result


def plant(text, mutant):
    """The text with the fault; its lines stay where they are."""
    lost = mutant.old.count("\n") - mutant.new.count("\n")
    end = mutant.start + len(mutant.old)
    return text[:mutant.start] + mutant.new + "\n" * lost + text[end:]


def probe(file, text):
    """The text with a call at the beginning of each block, on the same line,
    which tells that it has been reached."""
    lines = text.split("\n")
    for first, _ in blocks(code_only(text)):
        lines[first - 1] += ' REACH("%s:%d");' % (file, first)
    return "\n".join(lines)
