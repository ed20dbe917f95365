package questions

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// lacking is a thing that people ask about, and that documents often lack.
type lacking struct {
	english, korean     string // the question about a document
	ofEnglish, ofKorean string // the question about a name (%s)
	// words are words in both languages, in lower case. A document that says
	// something about the thing contains one of them.
	words []string
}

// things are the things that unanswerable questions ask for. No question asks for
// a thing in a document that contains one of its words.
var things = []lacking{
	{"what is the fax number for enquiries?", "문의할 수 있는 팩스 번호는 무엇인가요?", "What is the fax number of %s?", "%s의 팩스 번호는 무엇인가요?", []string{"fax", "팩스"}},
	{"how high is the fine for a breach of the rules?", "규정을 어겼을 때 내는 벌금은 얼마인가요?", "", "", []string{"fine", "penalt", "벌금", "과태료", "위약금", "벌칙", "제재금"}},
	{"which insurance company covers damage?", "손해를 보상하는 보험사는 어디인가요?", "Which insurance company covers the buildings of %s?", "%s의 건물이 가입한 보험사는 어디인가요?", []string{"insur", "보험"}},
	{"who translated the text into Japanese?", "일본어로 번역한 사람은 누구인가요?", "", "", []string{"translat", "japan", "번역", "일본"}},
	{"which consulting firm was asked for advice?", "자문을 맡은 컨설팅 회사는 어디인가요?", "", "", []string{"consult", "advis", "자문", "컨설팅"}},
	{"what is the code of the cost centre?", "비용을 청구할 코스트 센터의 코드는 무엇인가요?", "", "", []string{"cost cent", "코스트"}},
	{"which colour does the logo have?", "로고는 어떤 색인가요?", "Which colour does the logo of %s have?", "%s의 로고는 어떤 색인가요?", []string{"logo", "로고"}},
	{"what is the number of the bank account for payments?", "입금할 은행의 계좌 번호는 무엇인가요?", "What is the number of the bank account of %s?", "%s의 입금 계좌 번호는 무엇인가요?", []string{"account number", "bank account", "계좌"}},
	{"who took the photographs?", "사진을 찍은 사람은 누구인가요?", "Who shot the promotional film of %s?", "%s의 홍보 영상을 촬영한 사람은 누구인가요?", []string{"photo", "picture", "film", "사진", "촬영", "영상"}},
	{"how many complaints were received last year?", "한 해 동안 접수된 불만은 몇 건인가요?", "", "", []string{"complain", "불만", "민원"}},
	{"", "", "On which floor is the canteen of %s?", "%s의 구내식당은 몇 층에 있나요?", []string{"canteen", "cafeteria", "식당"}},
	{"", "", "At what time does the shuttle bus of %s leave?", "%s의 통근 버스는 몇 시에 출발하나요?", []string{"shuttle", "commut", "통근", "셔틀"}},
}

// makeUnanswerable makes questions that the documents do not answer until there
// are upTo questions: sound questions about another year, and questions that ask
// for a thing that a document does not name.
func (r *making) makeUnanswerable(ctx context.Context, upTo int) error {
	begin := len(r.made.Questions)
	tries := r.otherYears()
	r.random.Shuffle(len(tries), func(i, j int) { tries[i], tries[j] = tries[j], tries[i] })
	if half := (upTo - begin) / 2; len(tries) > half {
		tries = tries[:half]
	}
	for _, question := range slices.Concat(tries, r.lackingThings(), r.lackingOfNames()) {
		if len(r.made.Questions) >= upTo {
			return nil
		}
		if repeats(question, r.made.Questions) {
			r.made.Left[Duplicate]++
			continue
		}
		why, err := r.checkLacking(ctx, question)
		if err != nil {
			return err
		}
		if why != "" {
			r.made.Left[why]++
			continue
		}
		r.add(Question{Text: question, Answers: []string{}, Language: text.Language(question), MadeBy: ByCode}, "none")
	}
	return nil
}

// mostAnswers is the maximum P(answers) over the whole collection for a question
// that counts as unanswerable. Not measured.
const mostAnswers = 0.5

// checkLacking checks that no document of the collection is likely to answer a
// question.
func (r *making) checkLacking(ctx context.Context, question string) (Reason, error) {
	result, err := r.Search.Search(ctx, question)
	if err != nil {
		return "", err
	}
	found, err := r.Find.Find(ctx, evidence.Of(question, result))
	if err != nil {
		return "", err
	}
	if found.Answers > mostAnswers {
		return Answered, nil
	}
	return "", nil
}

// lackingThings returns a question about each document with a name. It asks for
// the first thing, in a random order, that the document does not name.
func (r *making) lackingThings() []string {
	var out []string
	asked := map[int]int{}
	order := r.random.Perm(len(r.Corpus.documents))
	for _, i := range order {
		d := r.Corpus.documents[i]
		language := d.language()
		if !r.wanted(language) {
			continue
		}
		all := d.folded()
		which := r.random.Perm(len(things))
		// Things that were asked for less often come first.
		slices.SortStableFunc(which, func(a, b int) int { return asked[a] - asked[b] })
		for _, t := range which {
			if slices.ContainsFunc(things[t].words, func(w string) bool { return strings.Contains(all, w) }) {
				continue
			}
			if q := things[t].about(d.name(), language); q != "" {
				asked[t]++
				out = append(out, q)
			}
			break
		}
	}
	return out
}

// lackingOfNames returns questions about names that several documents share, for
// corpora of documents without titles. Each asks for the next thing that no
// document with the name mentions.
func (r *making) lackingOfNames() []string {
	var out []string
	names := r.sortedNames()
	r.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	at := 0
	for _, name := range names {
		language := "en"
		if text.HasHangul(name) {
			language = "ko"
		}
		if !organisation.MatchString(name) || commonName.MatchString(name) || !r.wanted(language) {
			continue
		}
		for range things {
			t := things[at%len(things)]
			at++
			told := func(i int) bool {
				all := r.Corpus.documents[i].folded()
				return slices.ContainsFunc(t.words, func(w string) bool { return strings.Contains(all, w) })
			}
			if t.ofKorean != "" && !slices.ContainsFunc(r.names[name], told) {
				out = append(out, fmt.Sprintf(t.ofKorean, name))
				break
			}
		}
	}
	return out
}

func (d document) language() string {
	var b strings.Builder
	for _, p := range d.passages {
		b.WriteString(p.Text)
		if b.Len() > 2000 {
			break
		}
	}
	return text.Language(b.String())
}

func (d document) folded() string {
	var b strings.Builder
	for _, p := range d.passages {
		b.WriteString(text.Fold(p.Searchable()) + "\n")
	}
	return b.String()
}

func (l lacking) about(name, language string) string {
	if name == "" || l.english == "" {
		return ""
	}
	if language == "ko" {
		return within(name, l.korean)
	}
	return within(name, capital(l.english))
}

// otherYears returns questions of one look-up about a year, with that year
// replaced by an earlier one that no document names.
func (r *making) otherYears() []string {
	var out []string
	for _, s := range r.candidatesOfYears() {
		m := aboutYear.FindStringSubmatch(s.plain)
		if m == nil {
			continue
		}
		year, err := strconv.Atoi(m[1] + m[2])
		if err != nil {
			continue
		}
		for back := firstYearBack; back < lastYearBack; back++ {
			other := year - back
			written := fmt.Sprint(other)
			if r.Corpus.namesYear(written) {
				continue
			}
			out = append(out, within(s.place, strings.ReplaceAll(s.plain, fmt.Sprint(year), written)))
			break
		}
	}
	return out
}

// firstYearBack and lastYearBack bound how many years otherYears goes back. Not
// measured.
const firstYearBack, lastYearBack = 5, 25

// candidatesOfYears returns the candidates whose question asks for a value in one
// year, such as an amount or a count.
func (r *making) candidatesOfYears() []candidate {
	var out []candidate
	for i := range r.Corpus.documents {
		for _, k := range r.Corpus.candidates(i, false) {
			if k.unit != "date" && k.unit != "cell" && r.wanted(language(k)) && aboutYear.MatchString(k.plain) && len(yearAnywhere.FindAllString(k.plain, -1)) == 1 {
				out = append(out, k)
			}
		}
	}
	return out
}

// commonName matches words that end like the name of an organisation but name a
// kind of organisation, such as 시중은행.
var commonName = regexp.MustCompile(`^(?:지방|시중|저축|중앙|상업|투자|일반|개선|정비|교량|건설|외부|심의|운영|평가|인터넷|해외|국내|당해|관련|해당|각|본|동)+(?:평가|전문|심사)?(?:은행|공사|위원회|협회|연구원|연구소|재단)$`)

var (
	// aboutYear matches a question about one year: "In 2024", "2024년에는".
	aboutYear    = regexp.MustCompile(`(?i)\bin ((?:19|20)\d\d)\?$|(?:^|\s)((?:19|20)\d\d)년(?:에는|에|도)?\s[^\d]`)
	yearAnywhere = regexp.MustCompile(`\b(?:19|20)\d\d`)
)

// namesYear reports whether any document names a year.
func (c *Corpus) namesYear(year string) bool {
	return slices.ContainsFunc(c.documents, func(d document) bool {
		return slices.ContainsFunc(d.passages, func(p retrieval.Passage) bool { return strings.Contains(p.Searchable(), year) })
	})
}
