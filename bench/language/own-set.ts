// Made messages of customers of a shop, as short as real ones are, with the language of each. Written for this measurement:
// none is a message of a real person, and none was changed after the first measurement.

/** Messages by language: the first ten have one to three words, the others four to ten. */
export const MESSAGES: Readonly<Record<string, string>> = {
  en: `price?
how much
still available?
thanks
hello
opening hours?
where are you
guide please
any discount?
good morning
how much is the lamp
do you ship to france
when will my order arrive
can i pay by card
is the shop open on sunday
i would like to book a table
what sizes do you have
do you have gluten free bread
my parcel has not come yet
could you send me the catalogue please`,
  fr: `combien ?
le prix ?
bonjour
merci beaucoup
disponible ?
vos horaires ?
c'est où ?
le guide svp
une réduction ?
bonsoir
combien coûte la lampe
vous livrez en belgique
quand est-ce que ma commande arrive
je peux payer par carte
vous êtes ouverts le dimanche
je voudrais réserver une table
vous avez quelles tailles
avez vous du pain sans gluten
mon colis n'est pas encore arrivé
pouvez vous m'envoyer le catalogue svp`,
  de: `preis?
was kostet das
noch verfügbar?
danke
hallo
öffnungszeiten?
wo seid ihr
bitte den guide
gibt es rabatt
guten morgen
wie viel kostet die lampe
liefert ihr nach österreich
wann kommt meine bestellung an
kann ich mit karte zahlen
habt ihr am sonntag offen
ich möchte einen tisch reservieren
welche größen habt ihr
habt ihr glutenfreies brot
mein paket ist noch nicht da
könnt ihr mir den katalog schicken`,
  es: `precio?
cuánto cuesta
disponible?
gracias
hola
horario?
dónde están
la guía por favor
hay descuento?
buenos días
cuánto vale la lámpara
hacen envíos a méxico
cuándo llega mi pedido
puedo pagar con tarjeta
están abiertos los domingos
quisiera reservar una mesa
qué tallas tienen
tienen pan sin gluten
mi paquete todavía no ha llegado
me pueden mandar el catálogo por favor`,
  it: `prezzo?
quanto costa
ancora disponibile?
grazie
ciao
orari?
dove siete
la guida per favore
c'è uno sconto?
buongiorno
quanto costa la lampada
spedite anche in francia
quando arriva il mio ordine
posso pagare con la carta
siete aperti la domenica
vorrei prenotare un tavolo
che taglie avete
avete pane senza glutine
il mio pacco non è ancora arrivato
mi potete mandare il catalogo`,
  pt: `preço?
quanto custa
ainda tem?
obrigada
olá
horário?
onde ficam
o guia por favor
tem desconto?
bom dia
quanto custa o candeeiro
vocês entregam em lisboa
quando chega a minha encomenda
posso pagar com cartão
estão abertos ao domingo
queria reservar uma mesa
que tamanhos vocês têm
têm pão sem glúten
a minha encomenda ainda não chegou
podem me enviar o catálogo por favor`,
  nl: `prijs?
hoeveel kost het
nog beschikbaar?
bedankt
hallo
openingstijden?
waar zitten jullie
de gids graag
is er korting
goedemorgen
hoeveel kost de lamp
leveren jullie in belgië
wanneer komt mijn bestelling
kan ik met kaart betalen
zijn jullie zondag open
ik wil graag een tafel reserveren
welke maten hebben jullie
hebben jullie glutenvrij brood
mijn pakje is er nog niet
kunnen jullie mij de catalogus sturen`,
  pl: `cena?
ile kosztuje
jeszcze dostępne?
dziękuję
cześć
godziny otwarcia?
gdzie jesteście
poproszę poradnik
jest zniżka?
dzień dobry
ile kosztuje ta lampa
czy wysyłacie do niemiec
kiedy przyjdzie moje zamówienie
czy mogę zapłacić kartą
czy jest otwarte w niedzielę
chciałabym zarezerwować stolik
jakie macie rozmiary
czy macie chleb bezglutenowy
moja paczka jeszcze nie dotarła
czy możecie przesłać mi katalog`,
  tr: `fiyat?
ne kadar
hala var mı
teşekkürler
merhaba
çalışma saatleri?
neredesiniz
rehber lütfen
indirim var mı
günaydın
bu lamba ne kadar
almanyaya gönderiyor musunuz
siparişim ne zaman gelir
kartla ödeyebilir miyim
pazar günü açık mısınız
bir masa ayırtmak istiyorum
hangi bedenler var
glutensiz ekmeğiniz var mı
paketim hala gelmedi
bana kataloğu gönderir misiniz`,
  ar: `السعر؟
بكم هذا
هل هو متوفر
شكرا
مرحبا
متى تفتحون
وين مكانكم
الدليل من فضلك
في خصم؟
صباح الخير
كم سعر هذا المصباح
هل توصلون إلى دبي
متى يصل طلبي
هل يمكنني الدفع بالبطاقة
هل أنتم مفتوحون يوم الجمعة
أريد أن أحجز طاولة
ما المقاسات المتوفرة عندكم
هل عندكم خبز بدون غلوتين
الطرد لم يصل حتى الآن
ممكن ترسلون لي الكتالوج`,
  hi: `कीमत?
कितने का है
उपलब्ध है?
धन्यवाद
नमस्ते
कब खुलता है
आप कहाँ हैं
गाइड भेजिए
छूट मिलेगी?
शुभ प्रभात
यह लैंप कितने का है
क्या आप दिल्ली में डिलीवरी करते हैं
मेरा ऑर्डर कब आएगा
क्या मैं कार्ड से भुगतान कर सकता हूँ
क्या दुकान रविवार को खुली है
मुझे एक मेज बुक करनी है
आपके पास कौन से साइज हैं
क्या आपके पास ग्लूटेन मुक्त ब्रेड है
मेरा पार्सल अभी तक नहीं आया
कृपया मुझे कैटलॉग भेज दीजिए`,
  ru: `цена?
сколько стоит
ещё есть?
спасибо
привет
часы работы?
где вы находитесь
гид пожалуйста
есть скидка?
доброе утро
сколько стоит эта лампа
вы доставляете в казань
когда придёт мой заказ
можно оплатить картой
вы открыты в воскресенье
хочу забронировать столик
какие у вас есть размеры
у вас есть хлеб без глютена
моя посылка ещё не пришла
пришлите мне пожалуйста каталог`,
  ja: `いくらですか
値段は?
まだありますか
ありがとう
こんにちは
営業時間は?
場所はどこ
ガイドください
割引ある?
おはようございます
このランプはいくらですか
大阪まで配送できますか
注文はいつ届きますか
カードで払えますか
日曜日は営業していますか
席を予約したいのですが
どのサイズがありますか
グルテンフリーのパンはありますか
荷物がまだ届きません
カタログを送ってもらえますか`,
  ko: `가격?
얼마예요
아직 있나요
감사합니다
안녕하세요
영업시간?
어디에 있어요
가이드 주세요
할인 되나요
좋은 아침
이 램프 얼마예요
부산까지 배송되나요
제 주문 언제 도착하나요
카드로 결제할 수 있나요
일요일에 문 열어요
테이블 예약하고 싶어요
어떤 사이즈가 있나요
글루텐 없는 빵 있나요
택배가 아직 안 왔어요
카탈로그 보내 주실 수 있나요`,
  th: `ราคา?
เท่าไหร่คะ
ยังมีไหม
ขอบคุณค่ะ
สวัสดีครับ
เปิดกี่โมง
ร้านอยู่ที่ไหน
ขอคู่มือหน่อย
มีส่วนลดไหม
อรุณสวัสดิ์
โคมไฟนี้ราคาเท่าไหร่
ส่งเชียงใหม่ได้ไหมคะ
สินค้าจะมาถึงเมื่อไหร่
จ่ายด้วยบัตรได้ไหม
วันอาทิตย์เปิดไหมคะ
อยากจองโต๊ะหนึ่งโต๊ะ
มีไซส์อะไรบ้าง
มีขนมปังไม่มีกลูเตนไหม
พัสดุยังไม่ถึงเลยค่ะ
ช่วยส่งแคตตาล็อกให้หน่อยได้ไหม`,
  zh: `多少钱
价格?
还有货吗
谢谢
你好
几点开门
你们在哪里
请发指南
有折扣吗
早上好
这个台灯多少钱
你们可以送到上海吗
我的订单什么时候到
可以刷卡付款吗
星期天你们营业吗
我想预订一张桌子
你们有哪些尺码
你们有无麸质面包吗
我的包裹还没有到
可以把目录发给我吗`,
};

/** Messages in languages for which no reply is offered, and messages that are in none. */
export const OTHERS: readonly string[] = `hur mycket kostar det
har ni öppet på söndag
när kommer mitt paket
hvor meget koster det
kan jeg betale med kort
hvornår kommer min pakke
cât costă lampa
aveți pâine fără gluten
când ajunge comanda mea
berapa harganya
kapan pesanan saya sampai
apakah masih ada
kolik to stojí
máte otevřeno v neděli
kdy přijde můj balík
mennyibe kerül a lámpa
mikor érkezik a csomagom
paljonko tämä maksaa
milloin tilaukseni saapuu
bao nhiêu tiền vậy
cửa hàng mở cửa lúc mấy giờ
ok
👍
😍😍😍
???
@lumen.shop
42
https://example.com/p/1
xl
ana@example.com
+33 6 12 34 56 78
guide
lol
hahaha
menu
sms
instagram
wow
info
pizza`.split('\n');
