// Messages in ten languages and scripts: of each language three rules with five examples, twenty messages to answer,
// and twenty of chatter that no rule may answer. Written for this program; parts are separated by |.

export interface LanguageVectors {
  readonly language: string;
  /** Examples by rule. */
  readonly examples: Readonly<Record<string, string>>;
  /** Messages in other words, by rule. */
  readonly messages: Readonly<Record<string, string>>;
  readonly chatter: string;
}

export const MEANINGS: readonly LanguageVectors[] = [
  {
    language: 'German',
    examples: {
      delivery:
        'wie lange dauert die lieferung|wann kommt meine bestellung an|wie viele tage bis zur zustellung|liefert ihr schnell|was ist die lieferzeit',
      returns:
        'kann ich es zurückschicken|wie funktioniert die rückgabe|ich möchte meine bestellung zurückgeben|bekomme ich mein geld zurück|wie lange kann ich umtauschen',
      hours:
        'wann habt ihr geöffnet|was sind eure öffnungszeiten|habt ihr sonntags offen|bis wann ist der laden heute offen|um wie viel uhr schließt ihr',
    },
    messages: {
      delivery:
        'Wie lange dauert eine Lieferung nach Wien?|wann kommt die bestellung|Lieferzeit?|wie lang ist die lieferzeit gerade|wann kommt mein paket an|wie viele tage dauert die zustellung|wie schnell liefert ihr',
      returns:
        'Kann man das zurückschicken?|wie geht die rückgabe|ich will die bestellung zurückgeben|kriege ich das geld zurück|kann ich die lampe umtauschen|wie läuft die rückgabe ab|geld zurück möglich?',
      hours:
        'Wann habt ihr heute geöffnet?|öffnungszeiten bitte|habt ihr samstags offen|bis wann habt ihr offen|wann schließt der laden|um wie viel uhr macht ihr zu',
    },
    chatter:
      'wie schön|ich liebe es|guten abend ihr lieben|haha|das ist mein traum|schönes wochenende|wer hat das foto gemacht|alles gute zum geburtstag|meine mama findet das toll|danke dir|super|wo wart ihr im urlaub|der hund ist süß|erster|tolle farben|gefällt mir sehr|bin gespannt|was für ein tag|lg aus berlin|so ein schönes lied',
  },
  {
    language: 'French',
    examples: {
      delivery:
        'combien de temps prend la livraison|quand arrive ma commande|quel est le délai de livraison|livrez-vous rapidement|en combien de jours je reçois mon colis',
      returns:
        'puis-je le renvoyer|comment faire un retour|je veux retourner ma commande|puis-je être remboursé|quelle est votre politique de retour',
      hours:
        'quand êtes-vous ouverts|quels sont vos horaires|êtes-vous ouverts le dimanche|à quelle heure fermez-vous|jusqu’à quand le magasin est ouvert',
    },
    messages: {
      delivery:
        'C’est combien de temps la livraison ?|quand arrive la commande|délai de livraison svp|quel délai pour la livraison à Lyon|quand est-ce que je reçois mon colis|vous livrez en combien de jours|livraison rapide ?',
      returns:
        'Je peux le renvoyer ?|comment retourner ma commande|je voudrais faire un retour|est-ce que je peux être remboursée|politique de retour ?|comment se passe le retour|je veux un remboursement',
      hours:
        'Quels sont les horaires ?|vous êtes ouverts le samedi|à quelle heure ferme le magasin|horaires svp|vous êtes ouverts quand|le magasin est ouvert jusqu’à quand',
    },
    chatter:
      'trop beau|j’adore|bonne soirée|mdr|quelle belle photo|bon week-end|qui chante sur la vidéo|joyeux anniversaire|ma mère adore|merci à toi|super|il est mignon le chien|première|les couleurs sont magnifiques|hâte de voir ça|quelle journée|bisous de paris|bravo à toute l’équipe|je suis fan|c’est mon rêve',
  },
  {
    language: 'Spanish',
    examples: {
      delivery:
        'cuánto tarda el envío|cuándo llega mi pedido|cuántos días tarda la entrega|hacen envíos rápidos|cuál es el plazo de entrega',
      returns:
        'puedo devolverlo|cómo funcionan las devoluciones|quiero devolver mi pedido|me devuelven el dinero|cuál es la política de devolución',
      hours:
        'a qué hora abren|cuál es su horario|abren los domingos|a qué hora cierran|hasta cuándo está abierta la tienda',
    },
    messages: {
      delivery:
        '¿Cuánto tarda el envio a Sevilla?|cuando llega el pedido|plazo de entrega?|cuántos días tarda en llegar|cuándo me llega mi pedido|cuanto tarda la entrega|el envío es rápido?',
      returns:
        '¿Se puede devolver?|como hago una devolución|quiero devolver el pedido|me pueden devolver el dinero|política de devoluciones?|cómo funciona la devolución|quiero mi dinero de vuelta',
      hours:
        '¿Qué horario tienen?|a que hora abren mañana|abren el sábado?|a qué hora cierra la tienda|hasta qué hora está abierta|cuál es el horario de hoy',
    },
    chatter:
      'qué bonito|me encanta|buenas noches|jajaja|qué linda foto|feliz finde|quién canta en el video|feliz cumpleaños|a mi madre le gusta|gracias a ti|genial|qué mono el perro|primera|los colores son preciosos|qué ganas|vaya día|saludos desde madrid|enhorabuena al equipo|soy fan|es mi sueño',
  },
  {
    language: 'Portuguese',
    examples: {
      delivery:
        'quanto tempo demora a entrega|quando chega o meu pedido|quantos dias para entregar|vocês entregam rápido|qual é o prazo de entrega',
      returns:
        'posso devolver|como funciona a devolução|quero devolver o meu pedido|recebo o dinheiro de volta|qual é a política de troca',
      hours:
        'que horas vocês abrem|qual é o horário de funcionamento|abrem aos domingos|que horas fecha a loja|até quando a loja está aberta',
    },
    messages: {
      delivery:
        'Quanto demora a entrega?|quando chega meu pedido|prazo de entrega?|em quantos dias entregam|qual o prazo para o rio|a entrega demora quanto tempo|quando o pedido chega',
      returns:
        'Dá para devolver?|como faço a devolução|quero devolver o pedido|quero meu dinheiro de volta|política de troca?|posso trocar ou devolver|como é a devolução',
      hours:
        'Qual o horário da loja?|que horas abre|abrem no sábado?|que horas fecha|a loja está aberta até quando|horário de funcionamento hoje',
    },
    chatter:
      'que lindo|amei|boa noite|kkkk|que foto linda|bom fim de semana|quem canta no vídeo|feliz aniversário|minha mãe adora|obrigada você|show|que cachorro fofo|primeira|as cores são lindas|ansiosa para ver|que dia|beijos de lisboa|parabéns à equipe|sou fã|é o meu sonho',
  },
  {
    language: 'Turkish',
    examples: {
      delivery:
        'kargo ne kadar sürer|siparişim ne zaman gelir|teslimat kaç gün sürer|hızlı gönderiyor musunuz|teslimat süresi nedir',
      returns:
        'iade edebilir miyim|iade nasıl yapılır|siparişimi iade etmek istiyorum|paramı geri alabilir miyim|iade koşulları nedir',
      hours:
        'ne zaman açıksınız|çalışma saatleriniz nedir|pazar günü açık mısınız|saat kaçta kapanıyorsunuz|mağaza kaça kadar açık',
    },
    messages: {
      delivery:
        'Kargo kaç günde gelir?|sipariş ne zaman gelir|teslimat ne kadar sürer|siparişim ne zaman teslim edilir|teslimat süresi kaç gün|kargo süresi nedir|hızlı kargo var mı',
      returns:
        'İade edebiliyor muyum?|iade nasıl oluyor|siparişi iade etmek istiyorum|paramı geri istiyorum|iade koşulları|iade süresi nedir|iade yapmak istiyorum',
      hours:
        'Çalışma saatleri nedir?|saat kaçta açılıyorsunuz|cumartesi açık mısınız|kaça kadar açıksınız|mağaza kaçta kapanıyor|bugün açık mısınız',
    },
    chatter:
      'çok hoş|bayıldım|iyi akşamlar|hahaha|ne güzel fotoğraf|iyi hafta sonları|videoda kim söylüyor|doğum günün kutlu olsun|annem çok sevdi|teşekkürler|süper|köpek çok tatlı|ilk yorum|renkler harika|merakla bekliyorum|ne gündü|istanbuldan selamlar|ekibi tebrik ederim|hayranım|bu benim hayalim',
  },
  {
    language: 'Arabic',
    examples: {
      delivery: 'كم يستغرق التوصيل|متى يصل طلبي|كم يوم للتوصيل|هل التوصيل سريع|ما هي مدة الشحن',
      returns: 'هل يمكنني ارجاع المنتج|كيف يتم الارجاع|اريد ارجاع طلبي|هل استرد اموالي|ما هي سياسة الاسترجاع',
      hours: 'متى تفتحون|ما هي ساعات العمل|هل المحل مفتوح يوم الجمعة|متى يغلق المحل|الى متى المحل مفتوح',
    },
    messages: {
      delivery:
        'كم مدة التوصيل؟|متى يصل الطلب|كم يوم ياخذ التوصيل|متى توصل طلبيتي|مدة الشحن كم|هل الشحن سريع|كم يستغرق الشحن',
      returns:
        'هل يمكن ارجاع المنتج؟|كيف ارجع الطلب|اريد ارجاع المنتج|اريد استرداد اموالي|سياسة الارجاع|كيف الاسترجاع|ممكن ارجع الطلب',
      hours:
        'ما ساعات العمل اليوم؟|متى تفتحون غدا|هل المحل مفتوح اليوم|متى يغلق المتجر|المحل مفتوح الى متى|ساعات العمل',
    },
    chatter:
      'ما شاء الله|جميل جدا|مساء الخير|ههههه|صورة رائعة|عطلة سعيدة|من يغني في الفيديو|عيد ميلاد سعيد|امي احبته|شكرا لكم|ممتاز|الكلب لطيف|اول تعليق|الوان رائعة|متحمس جدا|يا له من يوم|تحياتي من دبي|مبروك للفريق|انا معجب|هذا حلمي',
  },
  {
    language: 'Hindi',
    examples: {
      delivery:
        'डिलीवरी में कितना समय लगता है|मेरा ऑर्डर कब आएगा|कितने दिन में डिलीवरी होगी|क्या आप जल्दी भेजते हैं|डिलीवरी का समय क्या है',
      returns: 'क्या मैं इसे वापस कर सकता हूँ|रिटर्न कैसे करें|मुझे ऑर्डर वापस करना है|क्या पैसे वापस मिलेंगे|रिटर्न की नीति क्या है',
      hours:
        'दुकान कब खुलती है|आपका समय क्या है दुकान का|क्या रविवार को दुकान खुली है|दुकान कब बंद होती है|दुकान कितने बजे तक खुली है',
    },
    messages: {
      delivery:
        'डिलीवरी कितने दिन में होगी?|ऑर्डर कब आएगा|डिलीवरी का समय|मेरा ऑर्डर कितने दिन में आएगा|डिलीवरी कब होगी|क्या डिलीवरी जल्दी होगी|डिलीवरी में कितने दिन लगते हैं',
      returns:
        'क्या वापस कर सकते हैं?|रिटर्न कैसे होगा|ऑर्डर वापस करना है|पैसे वापस चाहिए|रिटर्न नीति क्या है|इसे कैसे वापस करें|क्या मेरे पैसे वापस मिलेंगे',
      hours:
        'दुकान कितने बजे खुलती है?|दुकान कब तक खुली है|क्या आज दुकान खुली है|दुकान बंद कब होती है|दुकान का समय|रविवार को दुकान खुली है क्या',
    },
    chatter:
      'बहुत अच्छा|शानदार|शुभ रात्रि|हाहाहा|कितनी सुंदर तस्वीर|वीडियो में कौन गा रहा है|जन्मदिन मुबारक|माँ को पसंद आया|धन्यवाद|वाह|कुत्ता प्यारा है|पहला कमेंट|रंग सुंदर हैं|क्या दिन था|दिल्ली से नमस्ते|टीम को बधाई|मैं फैन हूँ|यह मेरा सपना है|मज़ा आ गया|नमस्कार सबको',
  },
  {
    language: 'Hindi in Latin letters',
    examples: {
      delivery:
        'delivery mein kitna time lagta hai|mera order kab aayega|kitne din mein delivery hogi|kya aap jaldi bhejte hain|delivery ka time kya hai',
      returns:
        'kya main ise return kar sakta hoon|return kaise kare|mujhe order return karna hai|kya paise wapas milenge|return policy kya hai',
      hours:
        'dukaan kab khulti hai|dukaan ka time kya hai|kya sunday ko dukaan khuli hai|dukaan kab band hoti hai|dukaan kitne baje tak khuli hai',
    },
    messages: {
      delivery:
        'Delivery kitne din mein hogi?|order kab aayega|delivery ka time|mera order kitne din mein aayega|delivery kab hogi|delivery mein kitne din lagte hain|kya delivery jaldi hogi',
      returns:
        'Kya return kar sakte hain?|return kaise hoga|order return karna hai|paise wapas chahiye|return policy|ise return kaise kare|kya mere paise wapas milenge',
      hours:
        'Dukaan kitne baje khulti hai?|dukaan kab tak khuli hai|aaj dukaan khuli hai kya|dukaan band kab hoti hai|dukaan ka time|sunday ko khuli hai kya',
    },
    chatter:
      'bahut accha|shandaar|shubh ratri|hahaha|kitni sundar photo|video mein kaun ga raha hai|janamdin mubarak|maa ko pasand aaya|dhanyavaad|wah|kutta pyara hai|pehla comment|rang sundar hain|kya din tha|dilli se namaste|team ko badhai|main fan hoon|yeh mera sapna hai|maza aa gaya|namaskar sabko',
  },
  {
    language: 'Japanese',
    examples: {
      delivery:
        '配送はどのくらいかかりますか|注文はいつ届きますか|何日で届きますか|発送は早いですか|お届けまでの日数を教えてください',
      returns:
        '返品できますか|返品の方法を教えてください|注文を返品したいです|返金してもらえますか|返品の条件は何ですか',
      hours:
        '営業時間を教えてください|何時に開きますか|日曜日は営業していますか|何時に閉まりますか|お店は何時まで開いていますか',
    },
    messages: {
      delivery:
        '配送にどのくらいかかる?|いつ届きますか|何日くらいで届きますか|注文した商品はいつ届く|お届け日数は?|配送は何日かかりますか|発送はいつですか',
      returns:
        '返品は可能ですか|返品方法は?|返品したいのですが|返金できますか|返品の条件を教えて|この商品を返品したいです|返金してほしい',
      hours:
        '営業時間は?|お店は何時からですか|土曜日は営業していますか|何時に閉店しますか|今日は何時まで開いていますか|営業時間を知りたいです',
    },
    chatter:
      '素敵|大好き|おやすみなさい|笑|きれいな写真|良い週末を|動画で歌っているのは誰|お誕生日おめでとう|母も喜んでいました|感謝|最高|犬がかわいい|一番乗り|色が素晴らしい|楽しみ|すごい一日|東京からこんばんは|チームのみなさんおめでとう|ファンです|夢みたい',
  },
  {
    language: 'Thai',
    examples: {
      delivery: 'จัดส่งใช้เวลากี่วัน|ของจะมาถึงเมื่อไหร่|ส่งกี่วันถึง|จัดส่งเร็วไหม|ระยะเวลาจัดส่งนานแค่ไหน',
      returns: 'คืนสินค้าได้ไหม|คืนสินค้าอย่างไร|อยากคืนสินค้า|ขอเงินคืนได้ไหม|นโยบายการคืนสินค้าคืออะไร',
      hours: 'ร้านเปิดกี่โมง|เวลาทำการของร้าน|วันอาทิตย์ร้านเปิดไหม|ร้านปิดกี่โมง|ร้านเปิดถึงกี่โมง',
    },
    messages: {
      delivery: 'ใช้เวลาจัดส่งกี่วันคะ|ของมาถึงเมื่อไหร่|กี่วันถึง|ส่งของกี่วันถึงครับ|จัดส่งนานไหม|ระยะเวลาจัดส่งกี่วัน|จัดส่งเร็วไหมคะ',
      returns: 'คืนสินค้าได้ไหมคะ|ถ้าอยากคืนสินค้าต้องทำอย่างไร|ขอคืนเงินได้ไหม|คืนของได้ไหม|นโยบายคืนสินค้า|ขอเงินคืน|อยากคืนของ',
      hours: 'เปิดกี่โมงคะ|ร้านปิดกี่โมงครับ|วันเสาร์ร้านเปิดไหม|วันนี้ร้านเปิดถึงกี่โมง|เวลาทำการ|ร้านเปิดทุกวันไหม',
    },
    chatter:
      'น่ารักมาก|ชอบมาก|ราตรีสวัสดิ์|ฮ่าๆๆ|รูปสวย|สุขสันต์วันหยุด|ใครร้องเพลงในวิดีโอ|สุขสันต์วันเกิด|แม่ชอบมาก|ขอบใจนะ|สุดยอด|หมาน่ารัก|คนแรก|สีสวยมาก|รอดูนะ|วันนี้สนุกมาก|ทักทายจากเชียงใหม่|ยินดีกับทีมงาน|เป็นแฟนคลับ|นี่คือความฝัน',
  },
];
