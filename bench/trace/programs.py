"""The programs that `npm run bench:trace` times: 24 of 10^3 to 10^5 executed statements, written for this bench.

Each is (name, source, test): the kinds of work that repair tasks do (loops over lists, strings, tables, recursion,
generators, classes, exceptions), sized so that a run stays below the tracer's cap.
"""

PROGRAMS = [
    ("sum of squares", "def f(n):\n    t = 0\n    for i in range(n):\n        t += i * i\n    return t\n", "f(20000)"),
    (
        "collatz",
        "def f(n):\n    best = 0\n    for k in range(1, n):\n        steps = 0\n        while k != 1:\n            if k % 2:\n"
        "                k = 3 * k + 1\n            else:\n                k //= 2\n            steps += 1\n"
        "        best = max(best, steps)\n    return best\n",
        "f(350)",
    ),
    (
        "sieve",
        "def f(n):\n    sieve = [True] * (n + 1)\n    p = 2\n    while p * p <= n:\n        if sieve[p]:\n"
        "            for q in range(p * p, n + 1, p):\n                sieve[q] = False\n        p += 1\n"
        "    return [k for k in range(2, n + 1) if sieve[k]]\n",
        "f(1000)",
    ),
    (
        "bubble sort",
        "def f(xs):\n    xs = list(xs)\n    for i in range(len(xs)):\n        for j in range(len(xs) - 1 - i):\n"
        "            if xs[j] > xs[j + 1]:\n                xs[j], xs[j + 1] = xs[j + 1], xs[j]\n    return xs\n",
        "f([(7 * k) % 101 for k in range(101)])",
    ),
    (
        "fibonacci by recursion",
        "def f(n):\n    if n < 2:\n        return n\n    return f(n - 1) + f(n - 2)\n",
        "f(16)",
    ),
    (
        "longest common subsequence",
        "def f(a, b):\n    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]\n    for i in range(1, len(a) + 1):\n"
        "        for j in range(1, len(b) + 1):\n            if a[i - 1] == b[j - 1]:\n"
        "                table[i][j] = table[i - 1][j - 1] + 1\n            else:\n"
        "                table[i][j] = max(table[i - 1][j], table[i][j - 1])\n    return table[-1][-1]\n",
        "f('abcbdabxyzzy' * 3, 'bdcabaxyzxyz' * 3)",
    ),
    (
        "word counts",
        "def f(text):\n    counts = {}\n    for word in text.split():\n        word = word.strip('.,')\n"
        "        if word not in counts:\n            counts[word] = 0\n        counts[word] += 1\n    return counts\n",
        "f('the cat sat on the mat, and the dog ran. ' * 100)",
    ),
    (
        "matrix product",
        "def f(n):\n    a = [[i + j for j in range(n)] for i in range(n)]\n    b = [[i - j for j in range(n)] for i in range(n)]\n"
        "    c = [[0] * n for _ in range(n)]\n    for i in range(n):\n        for j in range(n):\n            t = 0\n"
        "            for k in range(n):\n                t += a[i][k] * b[k][j]\n            c[i][j] = t\n    return c\n",
        "f(18)",
    ),
    (
        "knapsack",
        "def f(weights, values, room):\n    best = [0] * (room + 1)\n    for w, v in zip(weights, values):\n"
        "        for r in range(room, w - 1, -1):\n            best[r] = max(best[r], best[r - w] + v)\n    return best[room]\n",
        "f(list(range(3, 23)), list(range(40, 20, -1)), 120)",
    ),
    (
        "binary searches",
        "def find(xs, x):\n    low, high = 0, len(xs)\n    while low < high:\n        mid = (low + high) // 2\n"
        "        if xs[mid] < x:\n            low = mid + 1\n        else:\n            high = mid\n    return low\n"
        "def f(n):\n    xs = list(range(0, 3 * n, 3))\n    return sum(find(xs, k) for k in range(n))\n",
        "f(300)",
    ),
    (
        "prime factors",
        "def f(n):\n    found = []\n    for m in range(2, n):\n        d = 2\n        while d * d <= m:\n            while m % d == 0:\n"
        "                found.append(d)\n                m //= d\n            d += 1\n        if m > 1:\n            found.append(m)\n"
        "    return len(found)\n",
        "f(300)",
    ),
    (
        "palindromes in a text",
        "def f(s):\n    best = ''\n    for i in range(len(s)):\n        for j in range(i + 1, len(s) + 1):\n            part = s[i:j]\n"
        "            if part == part[::-1] and len(part) > len(best):\n                best = part\n    return best\n",
        "f('abacabadabacaba' * 6)",
    ),
    (
        "stack of brackets",
        "def f(s):\n    stack = []\n    deepest = 0\n    for c in s:\n        if c in '([{':\n            stack.append(c)\n"
        "            deepest = max(deepest, len(stack))\n        elif not stack or stack.pop() + c not in ('()', '[]', '{}'):\n"
        "            return -1\n    return deepest\n",
        "f('([{}]()[])' * 200)",
    ),
    (
        "breadth-first search",
        "from collections import deque\ndef f(n):\n    seen = {(0, 0): 0}\n    queue = deque([(0, 0)])\n    while queue:\n"
        "        x, y = queue.popleft()\n        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):\n"
        "            there = (x + dx, y + dy)\n            if 0 <= there[0] < n and 0 <= there[1] < n and there not in seen:\n"
        "                seen[there] = seen[(x, y)] + 1\n                queue.append(there)\n    return max(seen.values())\n",
        "f(12)",
    ),
    (
        "permutations",
        "def f(xs):\n    if len(xs) < 2:\n        return [list(xs)]\n    found = []\n    for i, x in enumerate(xs):\n"
        "        for rest in f(xs[:i] + xs[i + 1:]):\n            found.append([x, *rest])\n    return found\n",
        "f([1, 2, 3, 4, 5, 6])",
    ),
    (
        "queens",
        "def f(n, row=0, columns=(), found=None):\n    if found is None:\n        found = []\n    if row == n:\n"
        "        found.append(columns)\n        return found\n    for c in range(n):\n"
        "        if all(c != k and abs(c - k) != row - r for r, k in enumerate(columns)):\n"
        "            f(n, row + 1, columns + (c,), found)\n    return found\n",
        "f(6)",
    ),
    (
        "linked list",
        "class Node:\n    def __init__(self, value, next=None):\n        self.value = value\n        self.next = next\n"
        "def f(n):\n    head = None\n    for k in range(n):\n        head = Node(k, head)\n    previous = None\n    while head:\n"
        "        following = head.next\n        head.next = previous\n        previous = head\n        head = following\n"
        "    return previous.value\n",
        "f(150)",
    ),
    (
        "bank of accounts",
        "class Account:\n    def __init__(self, owner):\n        self.owner = owner\n        self.balance = 0\n"
        "    def add(self, amount):\n        if self.balance + amount < 0:\n            raise ValueError('too little')\n"
        "        self.balance += amount\n        return self.balance\n"
        "def f(n):\n    account = Account('ann')\n    refused = 0\n    for k in range(n):\n        try:\n"
        "            account.add(k if k % 3 else -2 * k)\n        except ValueError as error:\n            refused += 1\n"
        "    return account.balance, refused\n",
        "f(1000)",
    ),
    (
        "generators",
        "def numbers(n):\n    k = 0\n    while k < n:\n        yield k\n        k += 1\ndef odd(values):\n    for v in values:\n"
        "        if v % 2:\n            yield v\ndef f(n):\n    total = 0\n    for v in odd(numbers(n)):\n        total += v\n    return total\n",
        "f(3000)",
    ),
    (
        "caesar's cipher",
        "def f(s, k):\n    out = []\n    for c in s:\n        if c.isalpha():\n            base = ord('a') if c.islower() else ord('A')\n"
        "            out.append(chr((ord(c) - base + k) % 26 + base))\n        else:\n            out.append(c)\n    return ''.join(out)\n",
        "f('The quick brown fox jumps over the lazy dog. ' * 20, 3)",
    ),
    (
        "run lengths",
        "def f(s):\n    runs = []\n    i = 0\n    while i < len(s):\n        j = i\n        while j < len(s) and s[j] == s[i]:\n"
        "            j += 1\n        runs.append((s[i], j - i))\n        i = j\n    return runs\n",
        "f('aaabccddddde' * 100)",
    ),
    (
        "digits of numbers",
        "def f(n):\n    found = []\n    for k in range(n):\n        total = 0\n        m = k\n        while m:\n            total += m % 10\n"
        "            m //= 10\n        if total % 7 == 0:\n            found.append(k)\n    return found\n",
        "f(1500)",
    ),
    (
        "game of life",
        "def f(live, turns):\n    for turn in range(turns):\n        counts = {}\n        for x, y in live:\n            for dx in (-1, 0, 1):\n"
        "                for dy in (-1, 0, 1):\n                    if dx or dy:\n                        spot = (x + dx, y + dy)\n"
        "                        counts[spot] = counts.get(spot, 0) + 1\n"
        "        live = {s for s, c in counts.items() if c == 3 or c == 2 and s in live}\n    return len(live)\n",
        "f({(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}, 40)",
    ),
    (
        "memo with closures",
        "def f(n):\n    memo = {}\n    def ways(k):\n        if k < 0:\n            return 0\n        if k == 0:\n            return 1\n"
        "        if k not in memo:\n            memo[k] = ways(k - 1) + ways(k - 2) + ways(k - 5)\n        return memo[k]\n"
        "    return ways(n)\n",
        "f(250)",
    ),
]
