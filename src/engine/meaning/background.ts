// Everyday sentences that no rule is meant for. Each model learns these sentences as messages without a rule,
// so that "what is the …" and "how long does it …" alone make no message resemble an example. Written for
// this program.
import type { Language } from '../../domain/meaning.js';
import { EN } from './background-english.js';

const TEXTS: Readonly<Record<Language, string>> = {
  en: EN,
  ar: `مرحبا كيف حالك اليوم
شكرا جزيلا لك
ما هي عاصمة فرنسا
من هو رئيس البلاد
كم عمر الكون
كم من الوقت يلزم لتعلم لغة
متى تبدأ المباراة
اين ولدت هي
لماذا السماء زرقاء
هل تحب الموسيقى
هل يمكنك ان تحكي لي قصة
اريد ان اعرف المزيد عن العلوم
كيف اصنع الخبز
هذا جميل جدا
انا متعب اليوم
اراك غدا`,
  de: `hallo wie geht es dir heute
guten morgen zusammen
vielen dank
das ist ja wunderschön
was ist die hauptstadt von frankreich
wer ist der präsident des landes
wer hat gestern gewonnen
wie alt ist das universum
wie lange dauert es eine sprache zu lernen
wie viele menschen leben in china
wie viel wiegt ein elefant
wann beginnt das spiel
wo wurde sie geboren
wo kann ich einen guten arzt finden
warum ist der himmel blau
kannst du mir eine geschichte erzählen
können sie mir das bitte erklären
ich möchte mehr über wissenschaft wissen
ich habe eine frage an euch
gibt es hier gute filme
hast du musik gern
ich bin so müde
wir waren gestern am strand
bis morgen`,
  es: `hola como estas hoy
buenos dias a todos
muchas gracias
que bonito es esto
cual es la capital de francia
quien es el presidente del pais
quien gano ayer
cuantos años tiene el universo
cuanto tiempo se tarda en aprender un idioma
cuantas personas viven en china
cuanto pesa un elefante
cuando empieza el partido
donde nacio ella
donde puedo encontrar un buen medico
por que el cielo es azul
me puedes contar una historia
me lo puede explicar por favor
quiero saber mas sobre ciencia
tengo una pregunta
hay buenas peliculas
te gusta la musica
estoy muy cansado
ayer fuimos a la playa
hasta mañana`,
  fr: `bonjour comment vas-tu aujourd'hui
bonsoir tout le monde
merci beaucoup
c'est vraiment magnifique
quelle est la capitale de la france
qui est le président du pays
qui a gagné hier
quel âge a l'univers
combien de temps faut-il pour apprendre une langue
combien de personnes vivent en chine
combien pèse un éléphant
quand commence le match
où est-elle née
où puis-je trouver un bon médecin
pourquoi le ciel est-il bleu
peux-tu me raconter une histoire
pouvez-vous m'expliquer cela s'il vous plaît
je voudrais en savoir plus sur la science
j'ai une question
est-ce qu'il y a de bons films
tu aimes la musique
je suis tellement fatigué
nous sommes allés à la plage hier
à demain`,
  hi: `नमस्ते आप कैसे हैं
बहुत धन्यवाद
यह बहुत सुंदर है
फ्रांस की राजधानी क्या है
देश का राष्ट्रपति कौन है
कल कौन जीता
भाषा सीखने में कितना समय लगता है
मैच कब शुरू होगा
वह कहाँ पैदा हुई थी
आसमान नीला क्यों है
क्या आप मुझे कहानी सुना सकते हैं
मुझे विज्ञान के बारे में जानना है
क्या आपको संगीत पसंद है
मैं बहुत थक गया हूँ
कल मिलते हैं
namaste aap kaise hain
bahut dhanyavaad
yeh bahut sundar hai
desh ka rashtrapati kaun hai
kal match kaun jeeta
bhasha seekhne mein kitna samay lagta hai
match kab shuru hoga
aasman neela kyon hai
kya aap mujhe kahani suna sakte hain
mujhe vigyan ke baare mein janna hai
kya aapko sangeet pasand hai
main bahut thak gaya hoon`,
  it: `ciao come stai oggi
buongiorno a tutti
grazie mille
che bello
qual è la capitale della francia
chi è il presidente del paese
quanto tempo ci vuole per imparare una lingua
quante persone vivono in cina
quando inizia la partita
dove è nata
perché il cielo è blu
mi puoi raccontare una storia
vorrei sapere di più sulla scienza
ho una domanda
sono molto stanco
a domani`,
  ja: `こんにちは元気ですか
ありがとうございます
とてもきれいですね
フランスの首都は何ですか
大統領は誰ですか
昨日は誰が勝ちましたか
試合はいつ始まりますか
彼女はどこで生まれましたか
空はなぜ青いのですか
言葉を学ぶのにどのくらいかかりますか
象の重さはどのくらいですか
話を聞かせてもらえますか
科学について知りたいです
質問があります
今日はとても疲れました
また明日`,
  ko: `안녕하세요 잘 지내세요
정말 감사합니다
정말 예쁘네요
프랑스의 수도는 어디인가요
대통령은 누구인가요
경기는 언제 시작하나요
하늘은 왜 파란가요
언어를 배우는 데 얼마나 걸리나요
이야기를 들려줄 수 있나요
질문이 있어요
오늘 너무 피곤해요
내일 봐요`,
  nl: `hallo hoe gaat het vandaag
goedemorgen allemaal
heel erg bedankt
wat mooi is dit
wat is de hoofdstad van frankrijk
wie is de president van het land
hoe lang duurt het om een taal te leren
hoeveel mensen wonen er in china
wanneer begint de wedstrijd
waar is zij geboren
waarom is de lucht blauw
kun je mij een verhaal vertellen
ik wil meer weten over wetenschap
ik heb een vraag
ik ben zo moe
tot morgen`,
  pl: `cześć jak się dzisiaj masz
dzień dobry wszystkim
dziękuję bardzo
jakie to piękne
jaka jest stolica francji
kto jest prezydentem kraju
ile czasu zajmuje nauka języka
ile osób mieszka w chinach
kiedy zaczyna się mecz
gdzie ona się urodziła
dlaczego niebo jest niebieskie
czy możesz mi opowiedzieć historię
chcę wiedzieć więcej o nauce
mam pytanie
jestem bardzo zmęczony
do jutra`,
  pt: `olá como você está hoje
bom dia a todos
muito obrigado
que coisa linda
qual é a capital da frança
quem é o presidente do país
quem ganhou ontem
quantos anos tem o universo
quanto tempo leva para aprender uma língua
quantas pessoas vivem na china
quanto pesa um elefante
quando começa o jogo
onde ela nasceu
onde posso encontrar um bom médico
por que o céu é azul
você pode me contar uma história
pode me explicar isso por favor
quero saber mais sobre ciência
tenho uma pergunta
tem bons filmes aqui
você gosta de música
estou muito cansado
ontem fomos à praia
até amanhã`,
  ru: `привет как дела сегодня
всем доброе утро
большое спасибо
как красиво
какая столица франции
кто президент страны
сколько времени нужно чтобы выучить язык
сколько людей живет в китае
когда начинается матч
где она родилась
почему небо голубое
можете рассказать мне историю
я хочу узнать больше о науке
у меня есть вопрос
я так устал
до завтра`,
  th: `สวัสดีวันนี้เป็นอย่างไรบ้าง
ขอบคุณมาก
สวยมากเลย
เมืองหลวงของฝรั่งเศสคืออะไร
ประธานาธิบดีคือใคร
เมื่อวานใครชนะ
การแข่งขันเริ่มเมื่อไหร่
เธอเกิดที่ไหน
ทำไมท้องฟ้าถึงเป็นสีฟ้า
เรียนภาษาใช้เวลานานเท่าไหร่
ช้างหนักเท่าไหร่
เล่าเรื่องให้ฟังได้ไหม
อยากรู้เรื่องวิทยาศาสตร์
มีคำถามครับ
วันนี้เหนื่อยมาก
เจอกันพรุ่งนี้`,
  tr: `merhaba bugün nasılsın
herkese günaydın
çok teşekkür ederim
bu çok güzel olmuş
fransanın başkenti neresi
ülkenin başkanı kim
dün kim kazandı
evren kaç yaşında
bir dil öğrenmek ne kadar sürer
çinde kaç kişi yaşıyor
bir fil kaç kilo gelir
maç ne zaman başlıyor
o nerede doğdu
iyi bir doktor nerede bulabilirim
gökyüzü neden mavi
bana bir hikaye anlatır mısın
bunu bana açıklar mısınız lütfen
bilim hakkında daha fazla bilgi istiyorum
bir sorum var
müzik sever misin
çok yorgunum
dün sahile gittik
yarın görüşürüz`,
  zh: `你好今天怎么样
非常感谢
真漂亮
法国的首都是什么
总统是谁
昨天谁赢了
比赛什么时候开始
她在哪里出生
天空为什么是蓝色的
学一门语言要多久
大象有多重
能给我讲个故事吗
我想了解科学
我有一个问题
今天好累
明天见`,
};

/** The background sentences of a language. */
export function backgroundOf(language: Language): readonly string[] {
  return TEXTS[language].split('\n');
}
