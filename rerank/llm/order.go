package llm

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// bracketed is [3], [3, 1] or [3 > 1], in any of the brackets that models
	// use.
	bracketed = regexp.MustCompile(`[\[［【]([\d\s,;>]+)[\]］】]`)
	// bare is an answer of numbers and separators only, such as 3 > 1 > 2.
	bare    = regexp.MustCompile(`^[\d\s,;>.=-]+$`)
	integer = regexp.MustCompile(`\d+`)
)

// parseOrder reads the order that a model gave to n passages, numbered from 1:
// places from 0, each once. Of a number that comes twice the first counts, one
// that no passage has is dropped, and passages that were not named follow in
// the order they had. What a model thought before its answer is not read. named
// is how many were named; 0 when the text holds no order, and then the order
// is the one they had.
func parseOrder(answer string, n int) (order []int, named int) {
	if i := strings.LastIndex(answer, "</think>"); i >= 0 {
		answer = answer[i+len("</think>"):]
	}
	answer = strings.TrimSpace(answer)
	var numbers []string
	for _, group := range bracketed.FindAllStringSubmatch(answer, -1) {
		numbers = append(numbers, integer.FindAllString(group[1], -1)...)
	}
	if numbers == nil && bare.MatchString(answer) {
		numbers = integer.FindAllString(answer, -1)
	}
	order = make([]int, 0, n)
	seen := make([]bool, n)
	for _, number := range numbers {
		i, err := strconv.Atoi(number)
		if err != nil || i < 1 || i > n || seen[i-1] {
			continue
		}
		seen[i-1] = true
		order = append(order, i-1)
	}
	named = len(order)
	for i := range n {
		if !seen[i] {
			order = append(order, i)
		}
	}
	return order, named
}
