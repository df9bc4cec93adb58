"""What a publisher says for itself in an article: subscribe, follow us, we may earn a commission.

Words and not markup, since newsrooms write it into the text. Only of the kind that every newsroom
writes, and only as the beginning of a sentence, in a short paragraph: an article about newsletters
speaks of them otherwise. Headings for other stories stand here as well.
"""

from __future__ import annotations

import re

_MOST_LETTERS = 300
_HEADING_LETTERS = 70

_ASKS = re.compile(
    r"""(?xi)
    \b(?:sign\s+up|subscribe)\s+(?:for|to)\s+our\b |
    (?:^|[.!?…:–—]["”»]?\s+|[。！？])\W*
    (?:
      (?:please\s+)?subscribe\s+(?:now|today|here|for|to|and\s+get)\b
    | (?:please\s+)?(?:sign\s+up|register)\b.{0,80}
        \b(?:newsletters?|inbox|e-?mails?|alerts?|updates|app|trial|account)\b
    | get\s+(?:the\s+(?:latest|day|week|best)|our|more\s+of\s+our)\b.{0,80}
        \b(?:newsletters?|inbox|app|deliver\w+)\b
    | (?:join|follow)\s+(?:us|our|the\s+conversation|\w+(?:\s\w+)?\s+on\s+
        (?:twitter|x|facebook|instagram|whatsapp|telegram|threads|bluesky|linkedin|tiktok|youtube))\b
    | (?:download|get)\s+(?:the|our)\s+(?:\w+\s+){0,3}app\b
    | click\s+here\s+to\s+(?:sign|subscribe|get|download|join|read|support)\b
    | (?:like|enjoyed?)\s+this\s+(?:story|article)\b | if\s+you\s+(?:liked|enjoyed)\s+this\b
    | (?:do\s+you\s+)?have\s+(?:a|any)\s+(?:news\s+)?(?:tip|story)\b
    | get\s+in\s+touch\s+with\s+(?:us|our)\b | (?:share|tell\s+us)\s+(?:your|what\s+you\s+think)\b
    | we(?:['’]d|\s+would)\s+(?:like|love)\s+to\s+hear\s+(?:from\s+you|what\s+you|your)\b
    | what\s+do\s+you\s+think\? | (?:spotted|found|see)\s+an?\s+(?:error|mistake|typo)\b
    | fehler\s+(?:gefunden|entdeckt) | vous\s+avez\s+(?:repéré|trouvé)\s+une\s+erreur\b
    | for\s+more\s+(?:stories|news)\s+like\s+this\b
    | support\s+(?:our|independent|local)\s+journalism\b | become\s+a\s+(?:member|subscriber)\b
    | start\s+(?:your|a)\s+(?:free\s+)?(?:trial|subscription)\b
    | abonnieren\s+sie\b | abonniere?\s+(?:den|unseren|jetzt|hier|uns)\b | jetzt\s+abonnieren\b
    | (?:folgen\s+sie|folge|folgst\s+du)\b.{0,30}\b(?:uns|auf|whatsapp|instagram|facebook)\b
    | (?:melden\s+sie\s+sich|melde\s+dich)\b.{0,60}\bnewsletter\b | ihre\s+meinung\s+ist\s+uns\b
    | schreiben\s+sie\s+uns\b | (?:hier\s+)?(?:geht|gehts|geht's)\s+(?:es\s+)?zu[mr]\s+\w*newsletter
    | abonnez-vous\b | inscrivez-vous\b | suivez(?:-nous|\s+nous)\b | téléchargez\s+(?:notre|l['’])
    | recevez\s+(?:nos|notre|chaque)\b
    | (?:suscríbe(?:te|se)|suscríbase|regístrate|síguenos|síganos|sigue\s+a\s+\w+\s+en)\b
    | (?:recibe|descarga|descárgate)\s+(?:nuestr|la\s+app|cada)
    | (?:assine|inscreva-se|cadastre-se|siga\s+(?:a|o|no)|receba\s+(?:as|no)|clique\s+aqui)\b
    | (?:iscriviti|abbonati|seguici|ricevi\s+(?:le|la|ogni)|scarica\s+(?:la|l['’])\s?app)\b
    | (?:abonneer\s+(?:je|u)|meld\s+je\s+aan|schrijf\s+je\s+in|volg\s+ons|download\s+de)\b
    | (?:prenumerera|följ\s+oss|anmäl\s+dig|abonner|følg\s+oss|meld\s+deg|tilmeld\s+dig)\b
    | (?:tilaa\s+(?:uutiskirje|lehti)|seuraa\s+meitä)\b
    | (?:zapisz\s+się|subskrybuj|obserwuj\s+nas|polub\s+nas|pobierz\s+aplikację|sledujte\s+nás)\b
    | (?:подпишитесь|подписывайтесь|підписуйтесь|підпишіться|следите\s+за\s+нами)\b
    | (?:abone\s+ol\w*|bizi\s+takip\s+edin|ikuti\s+kami|berlangganan
        |đăng\s+ký\s+nhận)
    | (?:チャンネル登録|メルマガ|友だち追加|公式(?:アカウント|アプリ)を?フォロー)
    | (?:구독(?:하기|과)|채널\s*추가|欢迎(?:关注|订阅)|请关注|請訂閱|歡迎(?:訂閱|追蹤))
    | (?:اشترك\s|تابعونا|תעקבו)
    )
    """
)
_EARNS = re.compile(
    r"""(?xi)
    \b(?:we|us|our)\b.{0,80}\bearn\b.{0,40}\bcommissions?\b
    | \bearn\s+us\b.{0,40}\bcommissions?\b | \bearns?\b.{0,20}\baffiliate\s+commissions?\b
    | \b(?:erhalten|bekommen|erhält|bekommt)\b.{0,80}\bprovision\b.{0,80}
        \b(?:link|kauf|kaufen|einkauf|händler)
    | \b(?:nous|\w+)\s+(?:percevons|percevoir|touchons|toucher)\b.{0,40}\bcommission\b
    """
)
_OTHERS = re.compile(
    r"""(?xi)\W*(?:
    you\s+(?:may|might|could)\s+(?:also\s+)?(?:like|enjoy|be\s+interested\s+in)
    | you\s?['’]ll\s+(?:also\s+)?(?:like|love) | people\s+also\s+read
    | (?:what\s+to\s+)?read\s+(?:this\s+)?next | (?:read|see)\s+(?:more|also) | also\s+read
    | more\s+(?:\w+\s+){0,2}(?:from|news|stories|like\s+this|to\s+read|coverage) | related
    | recommended
    | most\s+(?:read|popular|viewed) | don['’]t\s+miss | trending | top\s+stories
    | latest\s+(?:news|stories|posts|articles)
    | (?:popular|recent|similar)\s+(?:posts|articles|stories)
    | editor['’]?s['’]?\s+picks?
    | mehr\s+(?:zum\s+thema|aus|lesen)
    | das\s+könnte\s+(?:sie|dich|ihnen|dir) | lesen\s+sie\s+(?:auch|mehr) | auch\s+interessant
    | ähnliche\s+(?:artikel|themen|beiträge) | meistgelesen\w* | weitere\s+(?:artikel|nachrichten)
    | (?:à\s+)?lire\s+(?:aussi|également) | sur\s+le\s+même\s+(?:sujet|thème) | les\s+plus\s+lus
    | vous\s+(?:aimerez|pourriez\s+aimer) | articles?\s+(?:liés|similaires|recommandés)
    | (?:te|le)\s+(?:puede|podría)\s+interesar | le[ea]\s+también | (?:lo\s+)?más\s+leíd[oa]s?
    | (?:(?:artículos|noticias|notas|contenidos|matérias|notícias)\s+)?relacionad[oa]s
    | más\s+noticias | você\s+(?:também\s+)?(?:pode|vai|poderá)\s+(?:também\s+)?gostar
    | leia\s+(?:também|mais) | veja\s+(?:também|mais) | mais\s+(?:lid[oa]s|notícias)
    | leggi\s+anche | (?:ti\s+)?potrebbe(?:ro)?\s+interessar(?:e|ti) | articoli\s+correlati
    | lees\s+(?:ook|meer|verder) | meer\s+(?:nieuws|lezen) | gerelateerd\w* | meest\s+gelezen
    | läs\s+(?:också|mer|även) | l[eæ]s\s+(?:også|mere?) | mest\s+l[eäæ]st | lue\s+(?:myös|lisää)
    | (?:czytaj|zobacz|przeczytaj)\s+(?:też|także|więcej|również) | najczęściej\s+czytane | polecane
    | (?:čtěte|přečtěte)\s+(?:také|též|si) | související
    | (?:читайте|смотрите)\s+(?:также|ещё|еще) | (?:материалы\s+)?по\s+теме | читайте\s+також
    | самое\s+(?:читаемое|популярное) | ilgili\s+haber\w* | çok\s+okunan\w* | baca\s+juga
    | berita\s+terkait | xem\s+thêm | (?:tin|bài)\s+(?:viết\s+)?liên\s+quan | tin\s+(?:cùng|khác)
    | có\s+thể\s+bạn\s+quan\s+tâm | 関連(?:記事|ニュース) | あわせて読みたい | 人気記事
    | おすすめ記事
    | 相关(?:阅读|新闻|报道|推荐) | 推荐阅读 | 延伸(?:閱讀|阅读) | 相關(?:閱讀|新聞|報導)
    | 관련\s?기사 | 많이\s?본\s?뉴스 | 추천\s?기사 | (?:مواضيع|أخبار|مقالات)\s+ذات\s+صلة
    | اقرأ\s+(?:أيضا|المزيد) | (?:خبرهای|مطالب)\s+مرتبط | بیشتر\s+بخوانید | یہ\s+بھی\s+پڑھیں
    | (?:קראו|ראו)\s+(?:גם|עוד) | כתבות\s+(?:נוספות|קשורות)
    | (?:ये|यह)\s+भी\s+पढ़ें | संबंधित\s+(?:ख़बरें|खबरें) | আরও\s+পড়ুন
    | (?:เรื่อง|ข่าว)ที่เกี่ยวข้อง | อ่าน(?:เพิ่มเติม|ข่าวอื่น)
    | διαβάστε\s+(?:επίσης|ακόμ[αη]|περισσότερα) | σχετικά\s+άρθρα
    | cit(?:ește|iți|iţi|este)\s+și | articole\s+similare | kapcsolódó\s+(?:cikk\w*|írás\w*)
    | вижте\s+(?:още|също) | прочетете\s+(?:още|също) | pročitajte\s+(?:i|još|također)
    | povezan[ei]\s+(?:vijesti|članci|vesti) | preberite\s+(?:tudi|še) | čítajte\s+(?:aj|tiež)
    | súvisiace(?:\s+články)? | lasi(?:et)?\s+(?:arī|vēl) | (?:skaitykite|taip\s+pat)\s+skaitykite
    | loe\s+(?:ka|lisaks|veel) | seotud\s+(?:artiklid|lood)
    )(?:\b.{1,30})?\W*"""
)
_ADVERTISEMENT = re.compile(
    r"""(?xi)\W*(?:
    (?:skip\s+(?:past\s+)?|close\s+)?(?:this\s+)?advert(?:isement|ising)?s?
    | (?:(?:article|story)\s+continues\s+|scroll\s+to\s+continue\s+)
        (?:below|after)\s+(?:this\s+)?(?:ad(?:vert(?:isement)?)?|video|promotion)
    | continue\s+reading\s+(?:below|the\s+main\s+story) | ad\s+feedback | sponsored(?:\s+content)?
    | (?:anzeige|werbung)(?:\s+(?:nach\s+dem\s+scrollen\s+geht\s+es\s+weiter|überspringen))?
    | (?:passer\s+la\s+|fermer\s+la\s+)?publicité | la\s+suite\s+après\s+(?:cette|la)\s+publicité
    | publicidad(?:e)? | continua\s+(?:após|depois\s+d)a\s+publicidade | pubblicità
    | continua\s+a\s+leggere\s+dopo\s+la\s+pubblicità | advertentie | annons(?:e|er)? | mainos
    | reklam[aey]? | реклама | quảng\s+cáo | iklan | 広告 | 광고 | 广告 | 廣告 | إعلان | פרסומת
    | โฆษณา | διαφήμιση | publicitate | hirdetés
    )\W*"""
)


def labels_advertising(text: str) -> bool:
    """Whether *text*, a line, is nothing but the label of an advertisement."""
    return len(text) <= _HEADING_LETTERS and _ADVERTISEMENT.fullmatch(text) is not None


def asks_for_readers(text: str) -> bool:
    """Whether *text*, a paragraph, asks to subscribe, to follow, to share, to write."""
    return len(text) <= _MOST_LETTERS and _ASKS.search(text) is not None


def tells_of_commission(text: str) -> bool:
    """Whether *text*, a paragraph, tells that its publisher earns by what readers buy."""
    if len(text) > _MOST_LETTERS or not ("ommission" in text or "rovision" in text):
        return False
    return _EARNS.search(text) is not None


def heads_other_stories(text: str) -> bool:
    """Whether *text*, a heading, is one that stands above other stories."""
    return len(text) <= _HEADING_LETTERS and _OTHERS.fullmatch(text) is not None
