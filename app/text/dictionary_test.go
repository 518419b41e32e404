package text_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/app/text"
	"outdial/shared/callbot"
	"outdial/shared/ccai"
	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/run"
	"outdial/shared/sms"
	"outdial/shared/wire"
)

// Where the strings and those who use them are.
const (
	translations = "../../web/translations"
	console      = ".."
	shared       = "../../shared"
	problems     = "../../server/problem/problem.go"
)

// forms is one string in the four languages.
type forms map[string]string

// dictionary reads every file of translations; it fails on a key that stands twice.
func dictionary(t *testing.T) map[string]forms {
	t.Helper()
	all, home := map[string]forms{}, map[string]string{}
	paths, err := filepath.Glob(filepath.Join(translations, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var file map[string]forms
		require.NoError(t, json.Unmarshal(data, &file), path)
		for key, f := range file {
			if other, twice := home[key]; twice {
				t.Errorf("%q stands in %s and in %s", key, other, filepath.Base(path))
			}
			all[key], home[key] = f, filepath.Base(path)
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[a-zA-Z_]*\}`)

func placeholders(s string) []string {
	found := placeholder.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// every calls f with each string in each language, in a stable order.
func every(t *testing.T, f func(t *testing.T, key, tag, s string)) {
	t.Helper()
	all := dictionary(t)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		for _, l := range text.Languages() {
			f(t, key, l.Tag, all[key][l.Tag])
		}
	}
}

func TestEveryStringIsInEveryLanguage(t *testing.T) {
	all := dictionary(t)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		f := all[key]
		for _, l := range text.Languages() {
			if f[l.Tag] == "" {
				t.Errorf("%q has no %s", key, l.Tag)
			}
		}
		if len(f) != len(text.Languages()) {
			t.Errorf("%q has a language that the console does not speak: %v", key, slices.Sorted(maps.Keys(f)))
		}
	}
}

// Languages differ in where {n} goes, never in what is named; but for "one",
// which a language may say without the digit.
func TestLanguagesNameTheSameValues(t *testing.T) {
	all := dictionary(t)
	every(t, func(t *testing.T, key, tag, s string) {
		want, got := placeholders(all[key]["en"]), placeholders(s)
		if strings.HasSuffix(key, ".one") {
			n := func(name string) bool { return name == "{n}" }
			want, got = slices.DeleteFunc(want, n), slices.DeleteFunc(got, n)
		}
		if !slices.Equal(want, got) {
			t.Errorf("%q: en names %v, %s names %v", key, want, tag, got)
		}
	})
}

func TestNoBlanksAtTheEnds(t *testing.T) {
	every(t, func(t *testing.T, key, tag, s string) {
		if strings.TrimSpace(s) != s && key != "callbot.colon" { // what stands between a word and its value
			t.Errorf("%q in %s: blanks at an end: %q", key, tag, s)
		}
	})
}

// scripts pairs characters that Traditional and Simplified Chinese write
// differently, such as the one has and the other never.
const scripts = "這这 們们 說说 為为 時时 對对 發发 請请 問问 題题 應应 該该 會会 號号 碼码 電电 話话 網网 絡络 誤误 導导 並并 無无 見见 長长 門门 間间 開开 關关 動动 務务 單单 帳帐 " +
	"賬账 錄录 選选 擇择 刪删 個个 語语 簡简 記记 讀读 寫写 認认 讓让 過过 還还 進进 遠远 連连 運运 邊边 達达 輸输 轉转 輕轻 較较 載载 級级 紀纪 約约 線线 組组 細细 終终 經经 結结 給给 統统 " +
	"繼继 續续 維维 編编 權权 驗验 證证 設设 備备 幫帮 書书 眾众 優优 傳传 傷伤 價价 僅仅 從从 產产 壞坏 塊块 處处 夠够 頭头 實实 審审 寬宽 嘗尝 盡尽 層层 屬属 歲岁 師师 帶带 庫库 張张 彈弹 " +
	"強强 歸归 當当 懷怀 態态 總总 懸悬 戲戏 擴扩 掃扫 執执 護护 報报 擔担 擬拟 擁拥 攔拦 換换 據据 損损 敵敌 數数 斷断 舊旧 顯显 暫暂 術术 機机 殺杀 雜杂 條条 來来 極极 構构 樹树 樣样 檔档 " +
	"檢检 歡欢 殘残 畢毕 氣气 漢汉 溝沟 測测 濟济 瀏浏 滅灭 點点 煉炼 熱热 愛爱 狀状 獨独 環环 現现 畫画 療疗 監监 蓋盖 盤盘 確确 礎础 離离 種种 積积 稱称 穩稳 競竞 筆笔 類类 緊紧 糾纠 純纯 " +
	"綱纲 納纳 縱纵 紙纸 練练 紹绍 絕绝 績绩 緒绪 緩缓 縮缩 羅罗 罰罚 職职 聯联 勝胜 腦脑 節节 範范 獲获 慮虑 虛虚 補补 裝装 覽览 觀观 規规 視视 觸触 計计 訂订 討讨 訓训 議议 訊讯 許许 論论 " +
	"訪访 評评 識识 訴诉 詞词 譯译 試试 誠诚 詢询 詳详 課课 誰谁 調调 談谈 負负 財财 責责 敗败 貨货 質质 貼贴 費费 資资 餘余 軟软 遞递 遺遗 鄰邻 釋释 鐘钟 鋼钢 鑰钥 鈕钮 錢钱 鏈链 銷销 鎖锁 " +
	"錯错 鍵键 閉闭 閒闲 閱阅 隊队 陽阳 階阶 際际 陸陆 險险 隨随 難难 靜静 頁页 頂顶 項项 順顺 須须 顧顾 頓顿 預预 領领 頻频 額额 顏颜 風风 飛飞 飾饰 騙骗 異异 啟启 儲储 臺台 佔占 剛刚 嗎吗"

// ambiguous are characters of those pairs that the other script has as well.
const ambiguous = "台占余范并征"

func TestTraditionalAndSimplifiedStayApart(t *testing.T) {
	var traditional, simplified strings.Builder
	for pair := range strings.FieldsSeq(scripts) {
		both := []rune(pair)
		require.Len(t, both, 2)
		traditional.WriteRune(both[0])
		if !strings.ContainsRune(ambiguous, both[1]) {
			simplified.WriteRune(both[1])
		}
	}
	stray := map[string]string{"zh-TW": simplified.String(), "zh-CN": traditional.String()}
	every(t, func(t *testing.T, key, tag, s string) {
		for _, r := range s {
			if strings.ContainsRune(stray[tag], r) {
				t.Errorf("%q in %s has %c: %q", key, tag, r, s)
				return
			}
		}
	})
}

// Words that Taiwan and the mainland say differently, as the other side says them.
func TestChineseWordsAreThoseOfTheirPlace(t *testing.T) {
	foreign := map[string][]string{
		"zh-TW": {"短信", "網絡", "默認", "軟件", "服務器", "數據庫", "賬本", "信息", "導入", "點擊", "屏幕", "剪貼板"},
		"zh-CN": {"簡訊", "网路", "预设值", "软体", "伺服器", "资料库", "登入", "帐本", "匯入", "汇入", "点选", "萤幕", "剪贴簿"},
	}
	every(t, func(t *testing.T, key, tag, s string) {
		for _, word := range foreign[tag] {
			if strings.Contains(s, word) {
				t.Errorf("%q in %s says %s: %q", key, tag, word, s)
			}
		}
	})
}

var (
	straight = regexp.MustCompile(`\p{L}'\p{L}`)
	// A mark that ends a word or a sentence; those inside addresses and JSON do not.
	unspaced = regexp.MustCompile(`[^\x{a0}\x{202f}"][;:?!](?:[\s)»”]|$)`)
)

// French has its own apostrophe, and a space that does not break before the
// double punctuation marks.
func TestFrenchTypography(t *testing.T) {
	every(t, func(t *testing.T, key, tag, s string) {
		if tag != "fr" {
			return
		}
		if at := straight.FindString(s); at != "" {
			t.Errorf("%q: a straight apostrophe at %q in %q", key, at, s)
		}
		if at := unspaced.FindString(s); at != "" {
			t.Errorf("%q: no narrow no-break space at %q in %q", key, at, s)
		}
	})
}

// ---------------------------------------------------------------------------
// Keys
// ---------------------------------------------------------------------------

// set is what may stand where the code builds a key.
type set struct {
	values   []string
	optional bool // the code asks whether there is such a string (Has, First)
}

// built names every key that the code builds from parts: the pattern as the
// code has it, with * for what is not a literal, and what may stand there.
// Values for several * are given joined by a blank.
func built(t *testing.T) map[string]set {
	t.Helper()
	names := func(all ...[]string) set { return set{values: slices.Concat(all...)} }
	maybe := func(s set) set { return set{values: s.values, optional: true} }
	roles := names(strs(operation.Roles()))
	outcomes := names(strs(wire.Outcomes()))
	proofs := names(consts(t, shared+"/wire/wire.go", "Proof"))
	verdicts := names(strs(phone.Verdicts()))
	server := names(problemCodes(t), []string{"unreadable_answer"})
	vendors := names(ccai.Codes(), callbot.Codes())
	ours := names(named(t, shared+"/wire/reason.go", "Reason"))
	codes := names(vendors.values, ours.values)
	var ops []string
	for _, op := range operation.Catalogue() {
		ops = append(ops, string(op.Name))
	}
	var endings []string
	for _, op := range ops {
		for _, o := range outcomes.values {
			endings = append(endings, op+" "+o)
		}
	}
	listReasons := named(t, shared+"/list/plan/reason.go", "Reason")
	var problem []string
	for _, code := range named(t, shared+"/operation/problem.go", "Code") {
		if code != operation.CodePhone { // explained by the number's own reason
			problem = append(problem, code)
		}
	}
	return map[string]set{
		"role.*":                roles,
		"outcome.*":             outcomes,
		"outcome.*.line":        outcomes,
		"outcome.*.*":           maybe(names(endings)),
		"proof.*":               proofs,
		"phase.*":               names(consts(t, shared+"/wire/wire.go", "Phase")),
		"error.*":               codes,
		"error.*.next":          codes,
		"server.*":              server,
		"server.*.next":         maybe(server),
		"problem.*":             names(problem, named(t, console+"/page/callbot/model.go", "code")),
		"hint.*":                names(named(t, shared+"/operation/problem.go", "Hint")),
		"field.*":               names(fieldNames()),
		"phone.reason.*":        names(strs(phone.Reasons())),
		"number.verdict.*":      verdicts,
		"number.line.*":         names(strs(phone.Lines())),
		"number.repair.*":       names(strs(phone.RepairCodes())),
		"contact.status.*":      names(statuses()),
		"preview.*":             names([]string{"request", "bash", "powershell", "cmd"}),
		"preview.*.help":        names([]string{"request", "curl"}),
		"sms.encoding.*":        names([]string{string(sms.GSM7), string(sms.UCS2)}),
		"ledger.op.*":           names(ops),
		"ledger.state.*":        names([]string{string(wire.Started), string(wire.Leaving)}), // what is finished shows its outcome
		"ledger.settled.*":      names([]string{string(wire.Accepted), string(wire.Refused)}),
		"ledger.settle.how.*":   names(writes()),
		"campaign.proof.*":      proofs,
		"campaign.reason.*":     maybe(names(problem, []string{operation.CodePhone, "other"})),
		"campaign.mode.*":       names([]string{"preview", "progressive", "predictive"}),
		"campaign.state.*":      names([]string{"created", "ready", "started", "running", "dialing", "paused", "stopped", "completed"}),
		"campaign.job.status.*": names([]string{"created", "queued", "valid_scheme", "in_progress", "completed", "completed_with_warnings", "failed", "cancelled"}),
		"callbot.unread.*":      names(errorTexts(t, shared+"/list/list.go"), []string{"worker", "other"}),
		"help.outcome.*":        outcomes,
		"help.proof.*":          proofs,
		"help.verdict.*":        verdicts,
		"help.rule.*":           names(consts(t, shared+"/operation/operation.go", "Rule")),
		"lists.failed.*":        maybe(names(named(t, shared+"/list/table/limit.go", "Code"), []string{"worker", "no_list", "other"})),
		"lists.encoding.*":      maybe(names([]string{"utf-8", "big5", "gb18030", "windows-1252", "utf-16le", "utf-16be"})),
		"lists.format.*":        names(consts(t, shared+"/list/plan/plan.go", "Format")),
		"lists.for.*":           names([]string{"dnc.add", "dnc.remove", "dnc.check", "sms.send", "campaign.contacts.import", "callbot.import"}),
		"lists.out.*":           maybe(names(strs(phone.Reasons()), named(t, shared+"/run/run.go", "Reason"), problem, listReasons, []string{operation.CodePhone, "other"})),
		"lists.why.*":           maybe(names(named(t, shared+"/run/run.go", "Reason"), listReasons)),
		"lists.phase.*":         names([]string{"reading", "judging", "asking", "building", "sending"}),
		"lists.question.*":      names([]string{"zero", "plus"}),
		"lists.question.put_*":  names([]string{"zero", "plus"}),
		"lists.repair.*":        names(strs(phone.RepairCodes()), []string{"other"}),
		"lists.whole.*":         maybe(names(problem, named(t, shared+"/list/plan/reason.go", "Code"))),
		"lists.warning.*":       names(named(t, shared+"/list/plan/reason.go", "Warn")),
		"runs.state.*":          names(strs(run.States())),
		"runs.why.*":            names(named(t, shared+"/run/run.go", "Why"), []string{"other"}),
		"hours.rule.*":          names(hoursRules()),
		"hours.channel.*":       names(strs(hours.Channels())),
		"hours.basis.*":         names(consts(t, shared+"/hours/rule.go", "Basis")),
		"hours.confidence.*":    names(consts(t, shared+"/hours/rule.go", "Confidence")),
		"hours.day.*":           names([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun", "hol", "eve"}),
		"nav.*":                 names([]string{"dnc", "sms", "campaign", "callbot", "lists", "runs", "ledger", "help"}),
	}
}

// hoursRules are the codes of our own rules; the company's have the names of their places.
func hoursRules() []string {
	var codes []string
	for _, r := range hours.Rules() {
		codes = append(codes, r.Code)
	}
	return codes
}

func TestKeysOfTheCodeAndOfTheDictionaryAreTheSame(t *testing.T) {
	all := dictionary(t)
	has := func(key string) bool {
		_, plain := all[key]
		_, one := all[key+".one"]
		_, other := all[key+".other"]
		return plain || one && other
	}
	used := map[string]bool{}
	use := func(key string) {
		used[key], used[key+".one"], used[key+".other"] = true, true, true
	}
	missing := func(key, why string) { t.Errorf("%q has no translation (%s)", key, why) }

	code := readCode(t)
	for _, key := range slices.Sorted(maps.Keys(code.plain)) {
		if _, ok := all[key]; !ok {
			missing(key, code.plain[key])
		}
		used[key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(code.counted)) {
		for _, form := range []string{".one", ".other"} {
			if _, ok := all[key+form]; !ok {
				missing(key+form, code.counted[key])
			}
			used[key+form] = true
		}
	}
	// A key may also be a literal that travels in a variable or a field.
	spaces := map[string]bool{}
	for key := range all {
		space, _, _ := strings.Cut(key, ".")
		spaces[space] = true
	}
	for _, literal := range slices.Sorted(maps.Keys(code.literals)) {
		space, _, _ := strings.Cut(literal, ".")
		if _, isOperation := operation.Find(operation.Name(literal)); isOperation && !has(literal) {
			continue
		}
		if spaces[space] && !has(literal) {
			missing(literal, code.literals[literal])
		}
		use(literal)
	}
	sets := built(t)
	for _, pattern := range slices.Sorted(maps.Keys(code.patterns)) {
		s, ok := sets[pattern]
		if !ok {
			s, ok = set{values: fromCode(code, pattern), optional: true}, strings.HasPrefix(pattern, "*") || code.local(pattern)
			if !ok {
				t.Errorf("%s builds the key %q from parts: name what may stand there in built()", code.patterns[pattern], pattern)
				continue
			}
		}
		for _, value := range s.values {
			key := fill(pattern, value)
			if !has(key) && !s.optional {
				missing(key, code.patterns[pattern])
			}
			use(key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !used[key] {
			t.Errorf("%q is not used", key)
		}
	}
}

func fill(pattern, value string) string {
	parts := strings.Fields(value)
	for range strings.Count(pattern, "*") {
		part := value
		if len(parts) > 1 {
			part, parts = parts[0], parts[1:]
		} else if len(parts) == 1 {
			part = parts[0]
		}
		pattern = strings.Replace(pattern, "*", part, 1)
	}
	return pattern
}

// code is what the console's sources say about keys, each with a place.
type code struct {
	plain    map[string]string // literal keys of text.T, Has and First
	counted  map[string]string // literal keys of text.N
	literals map[string]string // other literals of the form of a key
	patterns map[string]string // concatenations, "error.*.next"
	words    map[string]map[string]bool
}

// prefixForm is the beginning of a key, handed to whoever builds it.
var prefixForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\.$`)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

func readCode(t *testing.T) *code {
	t.Helper()
	c := &code{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]map[string]bool{}}
	files := token.NewFileSet()
	err := filepath.WalkDir(console, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		c.read(files, file, filepath.Dir(path))
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, c.plain)
	return c
}

func (c *code) read(files *token.FileSet, file *ast.File, folder string) {
	inKey := map[ast.Node]bool{} // literals that were taken for something already
	words := c.words[folder]
	if words == nil {
		words = map[string]bool{}
		c.words[folder] = words
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			c.call(files, file, n, inKey)
		case *ast.BinaryExpr:
			if n.Op != token.ADD || inKey[n] {
				return true
			}
			parts := flatten(n, inKey)
			if p := pattern(parts); strings.Contains(p, "*") && patternForm.MatchString(p) {
				c.patterns[p] = files.Position(n.Pos()).String()
			}
		case *ast.BasicLit:
			s, err := strconv.Unquote(n.Value)
			if n.Kind != token.STRING || err != nil {
				return true
			}
			words[s] = true
			at := files.Position(n.Pos()).String()
			switch {
			case inKey[n]:
			case keyForm.MatchString(s):
				c.literals[s] = at
			case prefixForm.MatchString(s):
				c.patterns[s+"*"] = at
			}
		}
		return true
	})
}

// call notes the key of a call of text.T, text.N, text.Has or text.First, and
// of T and N inside package text.
func (c *code) call(files *token.FileSet, file *ast.File, n *ast.CallExpr, inKey map[ast.Node]bool) {
	name := ""
	switch f := n.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "text" {
			name = f.Sel.Name
		}
	case *ast.Ident:
		if file.Name.Name == "text" {
			name = f.Name
		}
	}
	keys := n.Args
	switch name {
	case "T", "N", "Has":
		keys = keys[:1]
	case "First":
	default:
		return
	}
	for _, arg := range keys {
		lit, ok := arg.(*ast.BasicLit)
		if !ok {
			continue
		}
		s, err := strconv.Unquote(lit.Value)
		if err != nil {
			continue
		}
		inKey[lit] = true
		into := c.plain
		if name == "N" {
			into = c.counted
		}
		into[s] = files.Position(n.Pos()).String()
	}
}

func flatten(e ast.Expr, inKey map[ast.Node]bool) []string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			inKey[e] = true
			return append(flatten(e.X, inKey), flatten(e.Y, inKey)...)
		}
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			inKey[e] = true
			return []string{s}
		}
	}
	return []string{"*"}
}

var patternForm = regexp.MustCompile(`^([a-z][a-z0-9_]*\.)([a-z0-9_]+\.)*[a-z0-9_]*\*[a-z0-9_.*]*$|^\*(\.[a-z0-9_]+)+$`)

func pattern(parts []string) string { return strings.Join(parts, "") }

// local tells whether the parts of a pattern come from the package that builds
// it: its own small set of words.
func (c *code) local(pattern string) bool {
	place := c.patterns[pattern]
	path, _, _ := strings.Cut(place, ":")
	return strings.Contains(path, "/page/")
}

// fromCode gives every literal of the packages that build a pattern: a page's
// own words stand in its own code.
func fromCode(c *code, pattern string) []string {
	path, _, _ := strings.Cut(c.patterns[pattern], ":")
	folder := filepath.Dir(path)
	values := slices.Collect(maps.Keys(c.words[folder]))
	for literal := range c.literals {
		values = append(values, literal)
	}
	return values
}

// ---------------------------------------------------------------------------
// Closed sets
// ---------------------------------------------------------------------------

func strs[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, each := range all {
		out[i] = string(each)
	}
	return out
}

// errorTexts are the texts of a file's errors, which are codes there.
func errorTexts(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var texts []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		f, ok := call.Fun.(*ast.SelectorExpr)
		if lit, isLit := call.Args[0].(*ast.BasicLit); ok && isLit && f.Sel.Name == "New" {
			text, err := strconv.Unquote(lit.Value)
			require.NoError(t, err)
			texts = append(texts, text)
		}
		return true
	})
	require.NotEmpty(t, texts, path)
	return texts
}

func writes() []string {
	var names []string
	for _, op := range operation.Catalogue() {
		if op.Rule.Writes() {
			names = append(names, string(op.Name))
		}
	}
	return names
}

func statuses() []string {
	var all []string
	for _, s := range ccai.ContactStatuses() {
		all = append(all, strings.TrimPrefix(s.Key, "contact.status."))
	}
	return all
}

// fieldNames are the JSON names of all inputs.
func fieldNames() []string {
	names := map[string]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != "" && name != "-" {
				names[name] = true
				walk(f.Type)
			} else if f.Anonymous {
				walk(f.Type)
			}
		}
	}
	for _, op := range operation.Catalogue() {
		walk(reflect.TypeOf(op.New()))
	}
	return slices.Sorted(maps.Keys(names))
}

// consts are the values of a file's constants of a type.
func consts(t *testing.T, path, kind string) []string {
	return constants(t, path, func(_, of string) bool { return of == kind })
}

// named are the values of a file's constants whose name begins so.
func named(t *testing.T, path, prefix string) []string {
	return constants(t, path, func(name, _ string) bool { return strings.HasPrefix(name, prefix) })
}

func constants(t *testing.T, path string, want func(name, kind string) bool) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var values []string
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for i, name := range v.Names {
				if i >= len(v.Values) || !want(name.Name, fmt.Sprint(v.Type)) {
					continue
				}
				if lit, ok := v.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					s, err := strconv.Unquote(lit.Value)
					require.NoError(t, err)
					values = append(values, s)
				}
			}
		}
	}
	require.NotEmpty(t, values, path)
	return values
}

// problemCodes are the codes of our server's own errors, read from its source:
// the console does not import the server.
func problemCodes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), problems, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 3 {
			return true
		}
		if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "define" {
			code, err := strconv.Unquote(call.Args[1].(*ast.BasicLit).Value)
			require.NoError(t, err)
			codes = append(codes, code)
		}
		return true
	})
	require.NotEmpty(t, codes)
	return codes
}
