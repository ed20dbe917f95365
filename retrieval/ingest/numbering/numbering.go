package numbering

import "strings"

// Level says how a list numbers the paragraphs of one of its levels.
type Level struct {
	Start  int    // the first number
	Format string // name of the number format in WordprocessingML, such as "decimal" or "ganada"
	Text   string // with %1 to %9 for the numbers of the levels, such as "%1.%2"
	// Restart is the deepest level, from 1, whose paragraphs restart the numbers of
	// this level. The levels above it restart them, too. 0 means all levels above
	// this one, and -1 none.
	Restart int
	Legal   bool // the numbers of all levels above are written in decimal
}

// SetLevel returns the levels of a list with levels[at] set. It adds missing levels
// before it, which have no number. It ignores a level beyond the ninth.
func SetLevel(levels []Level, at int, level Level) []Level {
	if at < 0 || at > 8 {
		return levels
	}
	for len(levels) <= at {
		levels = append(levels, Level{Start: 1, Format: "none"})
	}
	levels[at] = level
	return levels
}

// Counter counts the paragraphs of a list. Its zero value has counted none.
type Counter struct {
	numbers [MaxLevels]int
	begun   [MaxLevels]bool
}

// MaxLevels is the number of levels on which a list is counted. Word has nine.
const MaxLevels = 10

// Restart makes the next paragraph of a level, from 0, take the level's first
// number again.
func (c *Counter) Restart(level int) {
	if level < len(c.begun) {
		c.begun[level] = false
	}
}

// Next counts a paragraph of a level, from 0, and returns what stands before it,
// such as "제2조" or "a)". It returns "" if there is no such level.
func (c *Counter) Next(levels []Level, level int) string {
	if level < 0 || level >= len(levels) || level >= len(c.numbers) {
		return ""
	}
	if c.begun[level] {
		c.numbers[level]++
	} else {
		c.numbers[level], c.begun[level] = levels[level].Start, true
	}
	for below := level + 1; below < len(levels) && below < len(c.begun); below++ {
		if restart := levels[below].Restart; restart == 0 || restart > 0 && level < restart {
			c.begun[below] = false
		}
	}
	return c.label(levels, level)
}

func (c *Counter) label(levels []Level, level int) string {
	l := levels[level]
	switch l.Format {
	case "none":
		return ""
	case "bullet":
		return "•"
	}
	var b strings.Builder
	for i := 0; i < len(l.Text); i++ {
		if l.Text[i] != '%' || i+1 == len(l.Text) || l.Text[i+1] < '1' || l.Text[i+1] > '9' {
			b.WriteByte(l.Text[i])
			continue
		}
		i++
		of := int(l.Text[i] - '1')
		if of >= len(levels) {
			continue
		}
		n := c.numbers[of]
		if !c.begun[of] { // a level without a paragraph so far is written with its first number
			n = levels[of].Start
		}
		format := levels[of].Format
		if l.Legal && of < level {
			format = "decimal"
		}
		b.WriteString(formatNumber(n, format))
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}
