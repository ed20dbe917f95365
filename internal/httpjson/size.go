package httpjson

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// Size limits the requests to an API that takes several texts in one request.
type Size struct {
	Texts   int // maximum number of texts
	Letters int // maximum length of a text in runes; 0: no limit
}

// Cut returns the beginning of a text, cut to the maximum length.
func (s Size) Cut(text string) string {
	if runes := []rune(text); s.Letters > 0 && len(runes) > s.Letters {
		return string(runes[:s.Letters])
	}
	return text
}

// Sizes holds what refusals have shown about the size of requests. It is safe
// for concurrent use.
type Sizes struct {
	mu  sync.Mutex
	now Size
}

// NewSizes returns Sizes that start with a maximum number of texts and no limit
// on their length.
func NewSizes(texts int) *Sizes { return &Sizes{now: Size{Texts: texts}} }

// Now returns the current size.
func (s *Sizes) Now() Size {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

var (
	tooMany = regexp.MustCompile(`(?i)batch|documents|texts|inputs?\b|number of (inputs|items)|too many|items|문서 수|개수`)
	tooLong = regexp.MustCompile(`(?i)tokens?\b|too (long|large)|length|context|characters|physical batch size|토큰|길이`)
)

// AboutSize reports whether a refusal is about the size of a request, although
// its status suggests a failure of the server. Sending the same request again
// would not help.
func AboutSize(e *StatusError) bool {
	return e.Status == http.StatusInternalServerError && tooLong.MatchString(e.Said)
}

// fewestLetters is the minimum length in runes to which a text is cut. Not
// measured.
const fewestLetters = 64

// Learn records what the refusal of a request shows about the size of requests.
// sent is the size that limited the request, and texts are its texts. Learn
// reports whether the request can be sent again in another size.
func (s *Sizes) Learn(err error, sent Size, texts []string) bool {
	var refused *StatusError
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusInternalServerError:
	default:
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != sent {
		return true // another call has changed the size
	}
	_, most := Bounds(refused.Said)
	longest := 0
	for _, t := range texts {
		longest = max(longest, len([]rune(sent.Cut(t))))
	}
	physical := strings.Contains(refused.Said, "physical batch") // llama.cpp's word for tokens at a time
	switch {
	case tooMany.MatchString(refused.Said) && !physical && most > 0 && most < len(texts):
		s.now.Texts = most
	case refused.Status == http.StatusRequestEntityTooLarge && len(texts) > 1:
		s.now.Texts = len(texts) / 2
	case tooLong.MatchString(refused.Said) && longest > fewestLetters:
		s.now.Letters = max(longest/2, fewestLetters)
		// A token has about three letters in English and one in Korean. If the
		// text is still too long, the next refusals halve its length.
		if 3*most > fewestLetters && 3*most < longest {
			s.now.Letters = 3 * most
		}
	case tooMany.MatchString(refused.Said) && len(texts) > 1:
		s.now.Texts = len(texts) / 2
	default:
		return false
	}
	return true
}
