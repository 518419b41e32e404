package encoding

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shown is how many lines a person gets to choose by, and how long they are.
const (
	shown     = 11 // the heading and ten rows
	shownRune = 200
)

// Candidate is an encoding that the file may have.
type Candidate struct {
	Name   Name
	Sample []string // the first line, and those that tell candidates apart
	Score  float64  // how much the sample looks like text; for ranking alone
	Broken int      // characters of the sample that mean nothing
}

// Hints tip the scales where two candidates look alike.
type Hints struct {
	Language string                    // of the person: "zh-TW", "zh-CN", "fr", "en"
	Known    func(heading string) bool // whether a cell of the first line is a heading we know
}

// Candidates ranks the encodings that the file may have, likeliest first, each
// with the same lines as they read in it.
func (i *Inspector) Candidates(foreign Foreign, hints Hints) ([]Candidate, error) {
	if name, sure := i.Sure(); sure {
		return []Candidate{{Name: name}}, nil
	}
	var all []Candidate
	if name, ok := i.wide(); ok {
		return i.decoded(all, name, i.head[:len(i.head)&^1], nil, hints)
	}
	var err error
	// UTF-8 is among them where it is UTF-8 but for a few broken bytes.
	for _, name := range []Name{UTF8, Big5, GB18030, Windows1252} {
		if all, err = i.decoded(all, name, i.lines, foreign, hints); err != nil {
			return nil, err
		}
	}
	// UTF-16 without a single ASCII character has no zeros to know it by.
	if len(i.lines) > 0 && i.seen%2 == 0 && hasControls(i.head) {
		for _, name := range []Name{UTF16LE, UTF16BE} {
			if all, err = i.decoded(all, name, i.head[:len(i.head)&^1], nil, hints); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return all, nil
}

// hasControls tells bytes that text of one or two bytes a character never has.
func hasControls(text []byte) bool {
	for _, b := range text {
		if b < '\t' {
			return true
		}
	}
	return false
}

func (i *Inspector) decoded(all []Candidate, name Name, sample []byte, foreign Foreign, hints Hints) ([]Candidate, error) {
	d, err := NewDecoder(name, foreign)
	if err != nil {
		return nil, err
	}
	text, err := d.Decode(nil, sample, true)
	if err != nil {
		return nil, err
	}
	c := Candidate{Name: name, Broken: bytes.Count(text, []byte("\ufffd")), Score: score(string(text))}
	if name == UTF8 && c.Broken > (utf8.RuneCount(text)-plainBytes(text))/4 {
		return all, nil
	}
	for _, line := range strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' || r == '\r' }) {
		if len(c.Sample) == shown {
			break
		}
		if runes := []rune(line); len(runes) > shownRune {
			line = string(runes[:shownRune]) + "…"
		}
		c.Sample = append(c.Sample, line)
	}
	if len(c.Sample) > 0 && hints.Known != nil {
		for _, cell := range strings.FieldsFunc(c.Sample[0], func(r rune) bool { return strings.ContainsRune(",;|\t\"", r) }) {
			if !ascii([]byte(cell)) && hints.Known(strings.TrimSpace(cell)) {
				c.Score += 3
			}
		}
	}
	if home, ok := homes[hints.Language]; ok && home == name {
		c.Score += 0.2
	}
	return append(all, c), nil
}

// plainBytes is how many bytes of a text are ASCII.
func plainBytes(text []byte) (n int) {
	for _, b := range text {
		if b < utf8.RuneSelf {
			n++
		}
	}
	return n
}

// homes are the encodings in which spreadsheets save in a language, if not in UTF-8.
var homes = map[string]Name{"zh-TW": Big5, "zh-CN": GB18030, "fr": Windows1252, "en": Windows1252}

// score is how much a text looks like one that people write, as a mean over its
// characters beyond ASCII.
func score(text string) float64 {
	frequent := map[rune]bool{}
	for _, r := range traditional + simplified {
		frequent[r] = true
	}
	runes := []rune(text)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	sum, n := 0.0, 0
	for i, r := range runes {
		if r < 0x80 {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
				sum, n = sum-6, n+1
			}
			continue
		}
		sum += plausible(at(i-1), r, at(i+1), frequent)
		n++
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// plausible values one character between its neighbours.
func plausible(before, r, after rune, frequent map[rune]bool) float64 {
	switch {
	case r == unicode.ReplacementChar, r < 0xA0, 0xE000 <= r && r < 0xF900, r >= 0x20000:
		return -6
	case isHan(r):
		// A single one between small letters is an accented letter, misread.
		if isSmall(before) && !isHan(after) || isSmall(after) && !isHan(before) {
			return -3
		}
		switch {
		case frequent[r]:
			return 2
		case 0x4E00 <= r && r <= 0x9FFF:
			return -0.5
		}
		return -4
	case 0x3000 <= r && r <= 0x3020, 0xFF01 <= r && r <= 0xFF5E:
		return 1
	case 0x3040 <= r && r <= 0x312F: // kana and bopomofo
		return 0.2
	case strings.ContainsRune("éèàçêëîïôöûüùœæñáíóúâãõäåøßÉÀÈÇÊŒ", r):
		switch {
		case before >= 0x80 && unicode.IsLetter(before), after >= 0x80 && unicode.IsLetter(after):
			return -0.5 // two of them in a row are rare
		case unicode.IsUpper(r) && isSmall(before):
			return -2
		case isLetter(before) || isLetter(after):
			return 1.5
		}
		return 0.3
	case strings.ContainsRune("’‘“”–—…€«»°·№ª", r):
		return 0.5
	case 0xA0 <= r && r < 0x100:
		if unicode.IsLetter(r) && (isLetter(before) || isLetter(after)) && !(isSmall(before) && unicode.IsUpper(r)) {
			return 0.3
		}
		return -2
	}
	return -1
}

func isHan(r rune) bool {
	return 0x3400 <= r && r <= 0x9FFF || 0xF900 <= r && r <= 0xFAFF
}

func isSmall(r rune) bool { return 'a' <= r && r <= 'z' }

func isLetter(r rune) bool { return isSmall(r) || 'A' <= r && r <= 'Z' }

// The characters that make up most of what stands in lists of customers, in
// either way of writing: the language's most frequent ones, and those of names,
// addresses, companies and headings. Rare characters are what a wrong encoding gives.
const (
	simplified = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运" +
		"姓称号码址客户备注邮箱编楼室街镇村县省州巷弄段栋层座园厂店铺银卡钱款欠逾余额贷还险单订购买卖付费" +
		"李刘陈杨赵黄周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董萧曹袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎潘杜戴夏钟汪田姜范石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟龙雷汤尹黎易武乔贺赖龚伟芳娜敏静丽磊洋勇艳杰娟涛超秀霞刚桂英华玉萍红玲芬燕彩春兰凤洁梅琳素云莲环雪荣爱妹香莺媛珍贞莉瑛琼勤珠俊峰宇浩轩涵欣怡佳琪婷志建国庆祥福禄寿鹏飞鑫森淼深圳京津沪渝苏浙闽粤湘鄂豫鲁冀晋陕甘青宁夏藏桂琼川贵滇辽吉黑龙香港澳台湾朝阳浦区测试有限责任公司"
	traditional = "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運" +
		"姓稱號碼址客戶備註郵箱編樓室街鎮村縣省州巷弄段棟層座園廠店鋪銀卡錢款欠逾餘額貸險單訂購買賣付費" +
		"李劉陳楊趙黃周吳徐孫胡朱林郭羅梁宋鄭謝韓唐馮董蕭曹袁鄧傅沈曾彭呂蘇盧蔣蔡賈丁魏薛葉閻潘杜戴夏鐘鍾汪田姜范石姚譚廖鄒熊陸郝孔崔康毛邱秦江史顧侯邵孟龍雷湯尹黎易武喬賀賴龔偉芳娜敏靜麗磊洋勇豔杰傑娟濤超秀霞剛桂英華玉萍紅玲芬燕彩春蘭鳳潔梅琳素雲蓮環雪榮愛妹香鶯媛珍貞莉瑛瓊勤珠俊峰宇浩軒涵欣怡佳琪婷志建國慶祥福祿壽鵬飛鑫森淑惠雅雯嘉宏宗冠廷家豪承翰彥柏詠詩妤筑庭佩君美玲怡君台臺灣北高雄新竹桃園彰化雲林嘉義屏宜蘭花蓮澎湖基隆苗栗投忠孝仁愛信義和平復興中正松板橋三重永和淡左營鳳測試股份有限公司"
)
