package kakao

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"selfrag/retrieval/text"
	"selfrag/serve/bot"
)

const (
	maxBody     = 1 << 20
	maxQuestion = 1000 // characters
	// answerTime is the time after a request within which its answer must be sent.
	// Kakao accepts a callback for a minute.
	answerTime = 55 * time.Second
	// promptTime is the time that Kakao waits for a skill without a callback,
	// minus the transmission times.
	promptTime = 4 * time.Second
)

// skill answers requests of a chatbot. Set its fields before the first request.
type skill struct {
	token string
	desk  *bot.Desk
	log   *slog.Logger
	// hosts are the domains that may be called back, with their subdomains; by
	// default kakao.com.
	hosts  []string
	client *http.Client // nil means a client for callbacks

	begin sync.Once
	once  bot.Once
}

func (s *skill) handler() http.Handler {
	s.begin.Do(func() {
		s.once = bot.NewOnce()
		if s.hosts == nil {
			s.hosts = []string{"kakao.com"}
		}
		if s.client == nil {
			s.client = &http.Client{}
		}
		// A callback must not be redirected to another server.
		s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /skill", s.serve)
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	return mux
}

// payload is a request of Kakao (SkillPayload):
// https://kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format
type payload struct {
	UserRequest struct {
		Utterance   string `json:"utterance"`
		CallbackURL string `json:"callbackUrl"`
		User        struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"userRequest"`
	Bot struct {
		ID string `json:"id"`
	} `json:"bot"`
}

func (p payload) thread() string { return p.Bot.ID + " " + p.UserRequest.User.ID }

// allowed reports whether the request has the token, in constant time.
func (s *skill) allowed(r *http.Request) bool {
	have, want := sha256.Sum256([]byte(r.Header.Get("X-Skill-Token"))), sha256.Sum256([]byte(s.token))
	return subtle.ConstantTimeCompare(have[:], want[:]) == 1
}

func (s *skill) serve(w http.ResponseWriter, r *http.Request) {
	received := time.Now()
	if !s.allowed(r) {
		s.log.Warn("a request without the token was refused")
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "broken off", http.StatusBadRequest)
		return
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil || p.UserRequest.User.ID == "" {
		http.Error(w, "no skill payload", http.StatusBadRequest)
		return
	}
	s.write(w, s.respond(r.Context(), p, received))
}

// respond returns the immediate reply: the answer, or the announcement of a
// callback.
func (s *skill) respond(ctx context.Context, p payload, received time.Time) response {
	asked := strings.TrimSpace(p.UserRequest.Utterance)
	say := wordsFor(asked)
	switch {
	case asked == "":
		return plain(say.empty)
	case len([]rune(asked)) > maxQuestion:
		return plain(say.long)
	case asked == korean().sources || asked == english().sources:
		if last, ok := s.desk.Last(p.thread()); ok {
			return sources(last)
		}
		return plain(say.noSources)
	}
	if p.UserRequest.CallbackURL == "" {
		return s.prompt(ctx, p, asked)
	}
	to, err := s.callbackTo(p.UserRequest.CallbackURL)
	if err != nil {
		s.log.Warn("a callback was refused", "error", err)
		return plain(say.failed)
	}
	// A callback address accepts only one answer.
	if !s.once.First(to) {
		return coming(say)
	}
	taken := s.desk.Go(func(ctx context.Context) {
		ctx, cancel := context.WithDeadline(ctx, received.Add(answerTime))
		defer cancel()
		s.answerLater(ctx, p, asked, to, received)
	})
	if !taken {
		return plain(say.busy)
	}
	return coming(say)
}

// prompt answers without a callback, if that is possible in time.
func (s *skill) prompt(ctx context.Context, p payload, asked string) response {
	ctx, cancel := context.WithTimeout(ctx, promptTime)
	defer cancel()
	a, err := s.desk.Ask(ctx, p.thread(), asked)
	if err != nil {
		s.log.Error("a question was not answered", "error", err)
		return plain(wordsFor(asked).late)
	}
	return answered(a)
}

func (s *skill) write(w http.ResponseWriter, r response) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(r); err != nil {
		s.log.Error("a reply was not delivered", "error", err)
	}
}

// words are the bot's own messages.
type words struct{ coming, failed, late, busy, empty, long, sources, noSources string }

func wordsFor(said string) words {
	if text.Language(said) == "ko" || strings.TrimSpace(said) == "" {
		return korean()
	}
	return english()
}

func korean() words {
	return words{
		coming: "문서를 찾아보고 있습니다. 잠시만 기다려 주십시오.", failed: "지금은 답변할 수 없습니다. 잠시 후 다시 질문해 주십시오.",
		late: "시간 안에 답변하지 못했습니다. 블록의 콜백 설정을 켜 달라고 관리자에게 요청해 주십시오.", busy: "대기 중인 질문이 많습니다. 잠시 후 다시 질문해 주십시오.",
		empty: "궁금한 내용을 글로 입력해 주십시오.", long: "질문이 너무 깁니다. 1,000자 이내로 줄여 주십시오.", sources: "출처 보기", noSources: "아직 답변한 질문이 없습니다.",
	}
}

func english() words {
	return words{
		coming: "Looking through the documents. One moment, please.", failed: "This cannot be answered right now. Please ask again later.",
		late: "There was no answer in time. Ask the administrator to turn on the block's callback.", busy: "Many questions are waiting. Please ask again later.",
		empty: "Please write what you would like to know.", long: "The question is too long: at most 1,000 characters are allowed.", sources: "Show sources", noSources: "There is no answer yet.",
	}
}
