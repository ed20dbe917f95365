package claim

import (
	"regexp"
	"strings"
)

var (
	heading = regexp.MustCompile(`^\s*#{1,6}\s`)
	ruler   = regexp.MustCompile("^\\s*(?:[-=*_]{3,}|```+\\s*[a-zA-Z]*)\\s*$")
	// answerLabel matches a word that announces the answer, at the beginning of a
	// line.
	answerLabel = regexp.MustCompile(`(?i)^\s*(?:(?:final |short |direct )?answer|response|conclusion|최종 ?답변?|답변?|정답|결론|응답)\s*[:：]\s*`)
	// questionLine matches a line that repeats the question before the answer.
	questionLine = regexp.MustCompile(`(?i)^\s*(?:question|q|질문|문제)\s*[:：]`)
	// announcing matches a line that announces what follows.
	announcing = regexp.MustCompile(`(?i)^\s*(?:(?:sure|certainly|of course|okay|ok|great question)\s*[!,.]*\s*)?(?:here(?:'s|’s| is| are)|below (?:is|are)|the (?:answer|following)(?: is| are)?|다음은|아래는|답변은 다음과|물론입니다)[^.!?。\n\d]*[:：]\s*$`)
	// sourcesLine matches the beginning of a list of sources at the end.
	sourcesLine = regexp.MustCompile(`(?i)^\W*(?:sources?|references?|citations?|passages? (?:used|cited)|출처|참고 ?문헌|참고 ?자료|인용|근거 ?(?:구절|문서)|참조)\W*$`)
	// sourceLine matches a line that names the sources of the answer above it.
	sourceLine = regexp.MustCompile(`(?i)^\s*[(（]?(?:sources?|references?|citations?|출처|근거|인용|참고|참조)\s*[:：]\s*(?:` + markLabel + `?\[?#?(` + markNumbers + `)\]?[,;\s]*)+[)）]?\.?\s*$`)
	// definition matches the text of a footnote.
	definition = regexp.MustCompile(`^\s*\[\d{1,3}\]\s*[:：]`)
	quoteMark  = regexp.MustCompile(`^\s*>\s?`)
)

// withoutLines leaves out lines that are not part of the answer: headings, fences,
// rules, announcements, a repeated question, and lists of sources. Numbers in a
// line of sources go to the answer's last line, if no line has a mark.
func withoutLines(s string) string {
	lines := strings.Split(s, "\n")
	labelled := false
	for _, line := range lines {
		labelled = labelled || answerLabel.MatchString(line)
	}
	var kept, headings []string
	for _, line := range lines {
		line = quoteMark.ReplaceAllString(line, "")
		switch {
		case sourcesLine.MatchString(line):
			return joinedOr(kept, headings)
		case heading.MatchString(line):
			headings = append(headings, strings.TrimLeft(line, "# \t"))
			continue
		case ruler.MatchString(line), definition.MatchString(line), announcing.MatchString(line), labelled && questionLine.MatchString(line):
			continue
		case sourceLine.MatchString(line):
			kept = withSources(kept, line)
			continue
		}
		kept = append(kept, answerLabel.ReplaceAllString(line, ""))
	}
	return joinedOr(kept, headings)
}

// joinedOr returns lines as a text, or else the headings.
func joinedOr(lines, headings []string) string {
	if s := strings.TrimSpace(strings.Join(lines, "\n")); s != "" {
		return s
	}
	return strings.Join(headings, "\n")
}

// withSources adds the numbers of a line of sources to the last of the lines.
func withSources(lines []string, sources string) []string {
	if citationMark.MatchString(strings.Join(lines, "\n")) {
		return lines
	}
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(lines[i]); line != "" {
			bare := strings.TrimRight(line, ".!?。")
			lines[i] = marked(bare, strings.Join(markNumber.FindAllString(sources, -1), ", ")) + line[len(bare):]
			break
		}
	}
	return lines
}

var (
	// opening matches words before the first sentence that say nothing.
	opening = regexp.MustCompile(`(?i)^\s*(?:(?:sure|certainly|of course|absolutely|great question|good question|네|물론(?:입니다|이죠)|알겠습니다)\s*[!.,]\s*)`)
	// provided matches the words by which a sentence says that it is from the
	// passages, without naming one, and its first word.
	provided = regexp.MustCompile(`(?im)(^|[.!?。]\s+)(?:(?:according to|based on|from)\s+(?:the\s+)?(?:provided|given|available|above|supplied|retrieved)\s+(?:passages?|context|information|documents?|sources?|texts?|excerpts?)\s*,\s*(\S)|(?:제공된|주어진|제시된|위의?)\s*(?:구절|지문|문서|자료|내용|정보|문단)(?:들)?(?:에 따르면|에 의하면|을 바탕으로 (?:하면|보면)),?\s*(\S))`)
	// closing matches a sentence to the reader at the end.
	closing = regexp.MustCompile(`(?i)(^|[.!?。\]]\s*|\n)\s*(?:i hope (?:this|that) helps|hope (?:this|that) helps|(?:please )?let me know if|(?:please )?feel free to|if you (?:have|need|would like) (?:any |more |further )|is there anything else|would you like me to|도움이 되(?:었|셨|길|기를)|더 궁금한|추가(?:로|적인)? ?(?:질문|궁금|문의)|궁금한 (?:점|사항)이|언제든지)[^.!?。\n\d]*[.!?。]*[ \t]*(?:😊|🙂)?\s*$`)
)

// withoutRemarks leaves out words to the reader before and after the answer.
func withoutRemarks(s string) string {
	for {
		less := closing.ReplaceAllString(s, "$1")
		if less = strings.TrimSpace(less); less == s || less == "" {
			break
		}
		s = less
	}
	if less := opening.ReplaceAllString(s, ""); strings.TrimSpace(less) != "" {
		s = less
	}
	return provided.ReplaceAllStringFunc(s, func(begin string) string {
		m := provided.FindStringSubmatch(begin)
		return m[1] + capitalized(m[2]) + m[3]
	})
}
