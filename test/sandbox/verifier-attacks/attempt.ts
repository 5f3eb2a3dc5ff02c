/** The tests of a program that answers True when it came through. */
export const succeeded = ['assert solve(1) == True'];

/** A program that tries the statements of a body. */
export const attempt = (imports: string, body: string): string =>
  `import ${imports}\ndef solve(x):\n    try:\n${body.replace(/^/gm, '        ')}\n        return True\n    except Exception:\n        return False`;
