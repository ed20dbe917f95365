package report

import "fmt"

// say returns a text in the language of the report. text is the English format
// string. It is also the key of the Korean format string in korean. values are
// formatted as by fmt.Sprintf.
func (r Report) say(text string, values ...any) string {
	if r.Language == "ko" {
		if translated, ok := korean()[text]; ok {
			text = translated
		}
	}
	if len(values) == 0 {
		return text
	}
	return fmt.Sprintf(text, values...)
}

// korean returns the Korean format strings of the report, by the English format
// strings. If the Korean text needs the values in another order, it uses
// numbered verbs such as %[2]s.
func korean() map[string]string {
	return map[string]string{
		"There is nothing to compare.":                                                                      "비교할 것이 없습니다.",
		"B (%s) answers better than A (%s).":                                                                "B(%s)의 답이 A(%s)의 답보다 낫습니다.",
		"A (%s) answers better than B (%s).":                                                                "A(%s)의 답이 B(%s)의 답보다 낫습니다.",
		"No clear winner between A (%s) and B (%s).":                                                        "A(%s)와 B(%s) 사이에 뚜렷한 승자가 없습니다.",
		"Of %d questions A answered %d correctly and B %d.":                                                 "질문 %d개 중 A는 %d개, B는 %d개를 맞혔습니다.",
		"The quality of the answers (F1) is %.3f and %.3f;":                                                 "답변 품질(F1)은 각각 %.3f, %.3f입니다.",
		"chance alone would make such a difference in %s of 100 comparisons.":                               "우연만으로도 비교 100번 중 %s번은 이런 차이가 납니다.",
		"chance alone would make such a difference in %s of 100 comparisons, which is too many to be sure.": "우연만으로도 비교 100번 중 %s번은 이런 차이가 나므로 단정할 수 없습니다.",
		"there is no difference.":                                                                           "차이가 없습니다.",
		"If the difference is real, about %d questions would show it.":                                      "차이가 실제로 있다면 질문 약 %d개로 확인할 수 있습니다.",
		"A takes %s seconds and %s model calls a question, B %s and %s: %s times as long.":                  "질문 하나에 A는 %s초와 모델 호출 %s번, B는 %s초와 %s번이 들어 시간이 %s배입니다.",
		"Each further correct answer costs %s seconds.":                                                     "정답 하나를 더 얻는 데 %s초가 듭니다.",
		"The better one is not slower: use it.":                                                             "더 나은 쪽이 느리지도 않으므로 그쪽을 사용하면 됩니다.",

		"Korean": "한국어", "English": "영어", "hops unknown": "홉 수 없음", "1 hop": "1홉", "%d hops": "%d홉", "%s (%d)": "%s (%d)",
		"Quality: B − A": "품질: B − A",
		"The point is the mean difference, the line its 95 % interval. Right of the middle B is better; colour: p below 0.05.": "점은 평균 차이, 선은 95 % 구간입니다. 가운데보다 오른쪽이면 B가 더 낫습니다. p가 0.05보다 작으면 색으로 표시합니다.",
		"Cost: B − A": "비용: B − A",
		"The difference in per cent of A, with its 95 % interval. Left of the middle B is cheaper.": "A 대비 차이(%)와 95 % 구간입니다. 가운데보다 왼쪽이면 B의 비용이 더 적습니다.",
		"Time to the answer": "답변까지 걸린 시간",
		"The share of the questions that were answered within that many seconds.": "해당 시간(초) 안에 답이 나온 질문의 비율입니다.",
		"Quality against cost": "비용 대비 품질",
		"Mean F1 and mean seconds of each arm, with their 95 % intervals. Better is up and left.": "각 군의 평균 F1과 평균 시간(초), 95 % 구간입니다. 왼쪽 위로 갈수록 좋습니다.",
		"By number of hops": "홉 수별",
		"Mean F1 with its 95 % interval; hops are the passages that must be joined.": "평균 F1과 95 % 구간입니다. 홉은 연결해야 하는 문단의 수입니다.",
		"By language":                     "언어별",
		"Mean F1 with its 95 % interval.": "평균 F1과 95 % 구간입니다.",
		"Iterations used":                 "반복 횟수",
		"The number of questions that took that many rounds of searching.": "검색을 해당 횟수만큼 반복한 질문의 수입니다.",
		"difference": "차이", "per cent of A": "A의 %", "not abstained": "답을 함", "not unsure": "확실한 답변", "seconds": "초", "share of the questions": "질문의 비율",
		"rounds": "반복", "questions": "질문 수",

		"%d questions": "질문 %d개", "In pictures": "그림으로 보기", "Differences": "차이", "Metric": "지표", "95 % interval": "95 % 구간",
		"win / tie / loss of B": "B의 승 / 무 / 패", "questions needed": "필요한 질문 수", "less is better": "작을수록 좋음",
		"The interval is the 95 % percentile bootstrap of the mean difference, p that of the paired randomisation test with 10,000 permutations. Green favours B and red favours A, if p is below 0.05. Of twenty metrics without any difference one does so by chance.": "구간은 평균 차이의 95 % 백분위 부트스트랩 구간이고, p는 순열 10,000개를 사용한 대응 표본 무작위화 검정의 값입니다. p가 0.05보다 작을 때 초록색은 B, 빨간색은 A가 낫다는 뜻입니다. 실제로 차이가 없는 지표도 스무 개 중 하나는 우연히 그렇게 나옵니다.",
		"Citations, faithfulness and relevancy were judged by %s.": "인용, 충실성, 관련성은 %s 모델이 채점했습니다.",
		"Cost of a correct answer":                                 "정답 하나의 비용", "Arm": "군", "correct": "정답", "LLM calls": "LLM 호출", "tokens": "토큰", "longest": "최장",
		"Abstentions and endings": "답하지 않은 질문과 종료 이유", "abstained": "답하지 않음", "unanswerable": "답이 없는 질문", "precision": "정밀도", "recall": "재현율", "stopped by": "종료 이유",
		"Claims that code refused": "코드가 거부한 주장", "claims": "주장", "refused": "거부", "by rule": "규칙별", "refused:": "거부:",
		"Claims are the sentences of all drafts, counted in every round. A rule of code refuses a claim if its passages lack what it says. Claims that the model graded too low are not counted.": "주장은 모든 초안의 문장이며, 반복할 때마다 셉니다. 인용한 문단에 없는 내용을 말하는 주장은 코드의 규칙이 거부합니다. 모델이 낮게 평가한 주장은 세지 않습니다.",
		"By language and hops": "언어와 홉 수별", "Questions": "질문", "number": "수", "accuracy": "정확도",
		"Every question": "모든 질문", "The questions on which the arms differ most come first.": "두 군의 차이가 큰 질문부터 표시합니다.",
		"B against A": "A 대비 B", "all": "전체", "won": "승", "lost": "패", "tied": "무", "language": "언어", "hops": "홉", "neither": "둘 다 답함", "text": "검색어", "clear": "지우기",
		"no document answers":                      "문서에 답이 없음",
		"%s s, %d calls, %d tokens, stopped by %s": "%s초, 호출 %d번, 토큰 %d개, 종료 이유 %s",
		"citations: recall %.2f, precision %.2f":   "인용: 재현율 %.2f, 정밀도 %.2f",
		"faithfulness":                             "충실성", "relevancy": "관련성", "%d citations": "인용 %d개", "%d rounds": "반복 %d번", "searched for": "검색:", "draft": "초안",
		"support %s, usefulness %s": "뒷받침 %s, 유용성 %s",

		"F1 of the short answer":                                               "짧은 답의 F1",
		"the short answer is exactly right":                                    "짧은 답이 정확히 맞음",
		"the full answer holds a right one":                                    "전체 답변에 정답이 들어 있음",
		"share of the required facts that the answer holds":                    "필요한 사실 중 답변에 들어 있는 비율",
		"supporting documents among the first 5":                               "상위 5개에 포함된 근거 문서의 비율",
		"supporting documents among the first 10":                              "상위 10개에 포함된 근거 문서의 비율",
		"share of supporting documents among the first 5":                      "상위 5개 중 근거 문서의 비율",
		"any supporting document among the first 5":                            "상위 5개에 근거 문서가 있음",
		"1 / rank of the first supporting document":                            "첫 근거 문서 순위의 역수",
		"average precision of the ranking":                                     "순위의 평균 정밀도",
		"nDCG of the first 10":                                                 "상위 10개의 nDCG",
		"abstained although there is an answer":                                "답이 있는데 답하지 않음",
		"answered as not certain":                                              "확실하지 않다고 밝힌 답변",
		"sentences that their citations support (ALCE)":                        "인용이 뒷받침하는 문장의 비율 (ALCE)",
		"citations that support their sentence (ALCE)":                         "문장을 뒷받침하는 인용의 비율 (ALCE)",
		"statements that follow from what was read (RAGAS)":                    "읽은 문단으로 뒷받침되는 진술의 비율 (RAGAS)",
		"similarity of the question to questions made from the answer (RAGAS)": "답변에서 만든 질문과 원래 질문의 유사도 (RAGAS)",
		"wall clock of a question":                                             "질문 하나에 걸린 시간",
		"LLM calls of a question":                                              "질문 하나의 LLM 호출",
		"prompt and completion tokens of a question":                           "질문 하나의 프롬프트와 출력 토큰",
	}
}
