package setup

import (
	"cmp"
	"fmt"
	"strings"
)

// initWords holds the words of init's screen in one language.
type initWords struct {
	machine, ollama             string
	memory, unknown             string // memory is a format for an amount such as 8.0 GB
	cores                       string
	noCard, card, cardInUse     string
	noOllama, found, elsewhere  string
	library, noLibrary          string
	model, embedder, reranker   string
	size, languages, licence    string
	there, toFetch              string
	kept, none, lacking         string
	late, noRerank              string
	noModel, holds, fileThere   string
	unchanged                   string
	askBoth, askFetch, askWrite string // formats for the amount to fetch, the file's name, or both
	nothingDone, fetching       string
	written, copied, asItWas    string
	next                        string
	// Words of setup alone.
	pureBuild, useless, set, unset string
	translate                      func(languages string) string
}

// initWordsFor returns the words in the language of the user's locale. As in
// POSIX, the locale is the first of LC_ALL, LC_MESSAGES and LANG that is set.
func initWordsFor(getenv func(string) string) *initWords {
	locale := cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"))
	if locale == "ko" || strings.HasPrefix(locale, "ko_") || strings.HasPrefix(locale, "ko.") {
		return koreanInit()
	}
	return englishInit()
}

func englishInit() *initWords {
	return &initWords{
		machine: "This machine", ollama: "Ollama",
		memory: "%s of memory", unknown: "memory not known", cores: "%d cores",
		noCard: "no graphics card found", card: "graphics card %s", cardInUse: "Ollama uses a graphics card",
		noOllama: "not at %s: get it from https://ollama.com/download, start it, and run this again. Until then sentences of the documents answer.",
		found:    "%s at %s", elsewhere: "another machine, whose memory is not known",
		library: "its library can be reached", noLibrary: "its library cannot be reached: only installed models are proposed",
		model: "language model", embedder: "embedder", reranker: "reranker",
		size: "size", languages: "languages", licence: "licence",
		there: "there", toFetch: "to fetch", kept: "as %s says", none: "none",
		lacking: "words only (BM25): %s is not installed and cannot be fetched now",
		late:    "by the embedder's token vectors", noRerank: "the order of the search is kept",
		noModel: "none is installed or can be fetched: sentences of the documents answer",
		holds:   "%s will hold:", fileThere: "%s exists. Its other settings stay, and a copy of it is kept. It will hold:", unchanged: "%s already holds all of this.",
		askBoth: "Fetch %s and write %s? [Y/n] ", askFetch: "Fetch %s? [Y/n] ", askWrite: "Write %s? [Y/n] ", nothingDone: "nothing fetched and nothing written", fetching: "Fetching %s",
		written: "%s is written.", copied: "Its previous content is in %s.", asItWas: "%s is unchanged.",
		next:      "Ingest documents with `selfrag ingest FOLDER`, then ask with `selfrag ask \"...\"`.",
		pureBuild: "This program was built without ONNX Runtime: Ollama or a service embeds texts, and no part that needs ONNX Runtime is fetched.",
		useless:   "%s is of no use to this program, which was built without ONNX Runtime. It is fetched for another one.",
		set:       "%s is there", unset: "%s cannot be had: %v",
		translate: func(languages string) string { return languages },
	}
}

func koreanInit() *initWords {
	return &initWords{
		machine: "이 컴퓨터", ollama: "Ollama",
		memory: "메모리 %s", unknown: "메모리 크기를 알 수 없음", cores: "코어 %d개",
		noCard: "그래픽 카드를 찾지 못함", card: "그래픽 카드 %s", cardInUse: "Ollama가 그래픽 카드를 사용 중",
		noOllama: "%s에 없습니다. https://ollama.com/download 에서 받아 실행한 뒤 이 명령을 다시 실행해 주십시오. 그때까지는 문서의 문장으로 답합니다.",
		found:    "%s, %s", elsewhere: "다른 컴퓨터라서 메모리 크기를 알 수 없음",
		library: "라이브러리에 연결됨", noLibrary: "라이브러리에 연결할 수 없어 이미 있는 모델만 제안함",
		model: "언어 모델", embedder: "임베더", reranker: "리랭커",
		size: "크기", languages: "언어", licence: "라이선스",
		there: "있음", toFetch: "받을 것", kept: "%s 설정대로", none: "없음",
		lacking: "단어 검색(BM25)만: %s 모델이 없고 지금 받을 수도 없음",
		late:    "임베더의 토큰 벡터로 순위 조정", noRerank: "검색 순서를 그대로 사용",
		noModel: "사용하거나 받을 수 있는 모델이 없어 문서의 문장으로 답합니다",
		holds:   "%s에 저장할 내용:", fileThere: "%s 파일이 이미 있습니다. 다른 설정은 그대로 두고 사본을 남깁니다. 저장할 내용:", unchanged: "%s 파일에 이미 모두 들어 있습니다.",
		askBoth: "%s를 받고 %s 파일을 저장하시겠습니까? [Y/n] ", askFetch: "%s를 받으시겠습니까? [Y/n] ", askWrite: "%s 파일을 저장하시겠습니까? [Y/n] ", nothingDone: "아무것도 받거나 저장하지 않았습니다", fetching: "%s 받는 중",
		written: "%s 파일을 저장했습니다.", copied: "이전 내용은 %s 파일에 있습니다.", asItWas: "%s 파일을 변경하지 않았습니다.",
		next:      "`selfrag ingest 폴더`로 문서를 추가한 다음 `selfrag ask \"...\"`로 질문해 주십시오.",
		pureBuild: "이 프로그램은 ONNX Runtime 없이 빌드되었습니다. 임베딩은 Ollama나 외부 서비스가 맡으며, ONNX Runtime이 필요한 부분은 받지 않습니다.",
		useless:   "%s: ONNX Runtime 없이 빌드된 이 프로그램에는 쓸모가 없습니다. 다른 프로그램을 위해 받습니다.",
		set:       "%s: 준비되었습니다", unset: "%s: 받을 수 없습니다: %v",
		translate: languagesInKorean,
	}
}

// languagesInKorean translates a description of languages in the tables of
// models, such as "100 and more, Korean among them".
func languagesInKorean(languages string) string {
	return strings.NewReplacer(
		"Korean not among them", "한국어 제외", "Korean among them", "한국어 포함", "100 and more", "100개 이상", "100,", "100개,", "29,", "29개,", "14,", "14개,",
		"it reads Korean", "한국어를 읽음", "English", "영어", "Korean", "한국어", "Chinese", "중국어",
	).Replace(languages)
}

// question returns the question that asks the user to agree to the remaining
// steps.
func (w *initWords) question(p *proposal, file *initFile) string {
	var size int64
	for _, c := range []*choice{&p.Model, &p.Embedder} {
		if c.fetch() {
			size += c.Size
		}
	}
	switch fetching := p.Model.fetch() || p.Embedder.fetch(); {
	case fetching && file.changed:
		return fmt.Sprintf(w.askBoth, w.amount(size), p.File)
	case fetching:
		return fmt.Sprintf(w.askFetch, w.amount(size))
	}
	return fmt.Sprintf(w.askWrite, p.File)
}

// amount returns a number of bytes as text, such as "1.2 GB". For an unknown
// size it returns "?".
func (w *initWords) amount(bytes int64) string {
	if bytes <= 0 {
		return "?"
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}
