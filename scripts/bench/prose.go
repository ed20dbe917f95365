package main

import (
	"math/rand/v2"
	"strings"
)

// prose returns the paragraphs of a document: the same for the same seed, in
// English, and every second paragraph in Korean unless latin is set.
func prose(seed uint64, paragraphs int, latin bool) []string {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // texts to measure with
	words := [2][]string{
		strings.Fields("the office of a company keeps every request for leave until people who travel have sent their receipts to finance and support answers within two days"),
		strings.Fields("연차 휴가 신청서 부서 직원 회사 규정 출장 여비 정산 기한 다음 달 서비스 장애 고객 지원 답변 승인 담당자 문서"),
	}
	out := make([]string, paragraphs)
	for i := range out {
		of := words[i%2]
		if latin {
			of = words[0]
		}
		var b strings.Builder
		for range 5 {
			for w := range 14 {
				if w > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(of[r.IntN(len(of))])
			}
			b.WriteString(". ")
		}
		out[i] = strings.TrimSpace(b.String())
	}
	return out
}
