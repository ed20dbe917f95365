package claim

import (
	"regexp"
	"strings"
)

var (
	// turnToken matches special tokens of chat templates that a server left in the
	// text, such as <|eot_id|>, <end_of_turn>, [/INST] and [|endofturn|].
	turnToken = regexp.MustCompile(`<[|｜][^|｜<>\n]*[|｜]>|</?(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>|\[\|[a-z_]+\|\]|</s>`)
	// channelName is the name of a channel that its token leaves behind.
	channelName = regexp.MustCompile(`<\|channel\|>\s*(?:final|analysis|commentary)\s*(<\|)`)
	// answerTag matches a tag around the whole answer.
	answerTag = regexp.MustCompile(`(?is)<(answer|response|result|final|final_answer|output|답변)>(.*?)(?:</(?:answer|response|result|final|final_answer|output|답변)>|$)`)
	// citeTag matches a tag that cites: a number inside, as in <ref>1</ref>, or a
	// sentence inside and the number in the tag, as in <co: 1>it is</co: 1>.
	citeTag = regexp.MustCompile(`(?is)<(?:cite|citation|ref|source|co|doc|passage)\b([^<>]*)>([^<>]*)</(?:cite|citation|ref|source|co|doc|passage)\b[^<>]*>`)
	// citeAlone matches such a tag without content.
	citeAlone = regexp.MustCompile(`(?is)<(?:cite|citation|ref|source|doc|passage)\b([^<>]*?)/>`)
	// onlyNumbers matches the content of a tag that holds nothing but a mark.
	onlyNumbers = regexp.MustCompile(`^\s*\[?\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*\]?\s*$`)
	numberList  = regexp.MustCompile(`\d{1,3}(?:\s*,\s*\d{1,3})*`)
)

// withoutTags removes tokens of chat templates and tags around the answer, and
// turns tags that cite into marks.
func withoutTags(s string) string {
	s = turnToken.ReplaceAllString(channelName.ReplaceAllString(s, "$1"), "")
	if m := answerTag.FindStringSubmatch(s); m != nil && strings.TrimSpace(m[2]) != "" {
		s = m[2]
	}
	s = citeAlone.ReplaceAllStringFunc(s, func(tag string) string {
		return marked("", numberList.FindString(citeAlone.FindStringSubmatch(tag)[1]))
	})
	return citeTag.ReplaceAllStringFunc(s, func(tag string) string {
		m := citeTag.FindStringSubmatch(tag)
		if n := onlyNumbers.FindStringSubmatch(m[2]); n != nil {
			return marked("", n[1])
		}
		return marked(m[2], numberList.FindString(m[1]))
	})
}

// marked returns a text with a mark behind it, if there are numbers.
func marked(s, numbers string) string {
	if numbers == "" {
		return s
	}
	return s + " [" + numbers + "]"
}
