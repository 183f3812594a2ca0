/**
 * Topic of a message, by its text alone. `own`: the shop wrote it. `chatter`: nothing that a rule should
 * reply to.
 */
export const TOPICS = ['pricing', 'shipping', 'hours', 'returns', 'guide', 'stop', 'chatter', 'own'] as const;
export type Topic = (typeof TOPICS)[number];

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

type Phrases = Readonly<Record<Topic, readonly string[]>>;

/** Reactions in any language, which need no reply. */
export const REACTIONS: readonly string[] = [
  '😍😍',
  '❤️',
  '👏🏽👏🏽👏🏽',
  '🔥',
  'haha 😂',
  '🥰 wow',
  '💯',
  'ok',
  '👍',
  '🙏✨',
];

/** Punctuation and emoji that people append to a text. */
export const TAILS: readonly string[] = ['', '', '', '', '!', ' 🙏', ' 😊', '!!', ' 👀', '  '];

/**
 * Chatter that contains a keyword's letters but not the word: `hi` in `shipshape`, `guide` in `guidelines`.
 */
const NEAR_MISSES: readonly string[] = [
  'Best friendship ever, look at those two',
  'Fish and chips tonight',
  'This is priceless',
  'You two are unstoppable',
  'I love your community guidelines',
  'That take was misguided, honestly',
  'This is hilarious',
  'The kitchen looks shipshape',
  'I chipped my favourite mug',
  'Whispering from the back row',
];

export const PHRASES: Readonly<Record<Language, Phrases>> = {
  en: {
    pricing: [
      'How much is it?',
      "what's the price of the small lamp?",
      'Price please',
      'pricing??',
      'how much for two of them',
    ],
    shipping: [
      'Do you offer shipping to Canada?',
      'how long does shipping take',
      'Is shipping free?',
      'shipping to Norway possible?',
    ],
    hours: ['What are your opening hours?', 'opening hours on Saturday?', 'your opening hours please'],
    returns: [
      'How do returns work?',
      'What is your return policy?',
      'can I get a refund',
      'I want a refund please',
    ],
    guide: ['GUIDE', 'guide please', 'Guide!', 'I want the guide', 'guide 🙌'],
    stop: ['STOP', 'stop', 'Stop!', 'unsubscribe'],
    chatter: [
      ...NEAR_MISSES,
      'Love this',
      'thank you so much',
      'Wow, so pretty',
      'Greetings from Leeds',
      'My sister has this one',
    ],
    own: ['Let me look that up for you', 'Thanks, we have sent you an email', 'You are welcome'],
  },
  de: {
    pricing: ['Was kostet das?', 'Wie viel kostet die kleine Lampe?', 'Preis bitte', 'Was ist der Preis?'],
    shipping: [
      'Wie lange dauert der Versand?',
      'Versand nach Österreich möglich?',
      'Was ist mit dem Versand in die Schweiz?',
    ],
    hours: ['Wie sind eure Öffnungszeiten?', 'Öffnungszeiten am Samstag?'],
    returns: ['Wie funktioniert die Rückgabe?', 'Ist eine Rückgabe möglich?'],
    guide: ['GUIDE', 'Guide bitte', 'guide!'],
    stop: ['Stop', 'STOP bitte'],
    chatter: [
      'Wunderschön',
      'Danke euch',
      'Das Preisausschreiben war toll',
      'Grüße aus Köln',
      'Sehr preiswert, finde ich',
    ],
    own: ['Ich schaue kurz nach', 'Gern geschehen'],
  },
  fr: {
    pricing: ['Quel est le prix ?', "C'est combien ?", 'Le prix svp', 'combien coûte la petite lampe ?'],
    shipping: [
      'Quels sont les délais de livraison ?',
      'La livraison est gratuite ?',
      'Livraison à La Réunion possible ?',
    ],
    hours: ["Quels sont vos horaires d'ouverture ?", 'Vos horaires le samedi ?'],
    returns: ['Comment faire un retour ?', 'Je voudrais un remboursement'],
    guide: ['GUIDE', 'le guide svp', "j'aimerais le guide"],
    stop: ['STOP', 'stop merci'],
    chatter: ['Magnifique', 'Merci beaucoup', "J'adore l'été chez vous", 'Bravo à toute la fine équipe'],
    own: ['Je regarde et je reviens vers vous', 'Avec plaisir'],
  },
  es: {
    pricing: ['¿Cuánto cuesta?', 'Precio por favor', '¿Qué precio tiene la lámpara?'],
    shipping: ['¿Hacen envíos a México?', '¿Cuánto tarda el envío?', 'El envío es gratis?'],
    hours: ['¿Cuál es su horario?', 'Horario del sábado?'],
    returns: ['¿Cómo hago una devolución?', '¿Aceptan devoluciones?'],
    guide: ['GUIDE', 'guide por favor'],
    stop: ['stop', 'STOP'],
    chatter: ['Qué preciosa', 'Muchas gracias', 'Me encanta', 'Saludos desde Bogotá', 'Preciosísima 😍'],
    own: ['Lo miro y te digo', 'De nada'],
  },
  pt: {
    pricing: ['Quanto custa?', 'Qual é o preço?', 'preço por favor'],
    shipping: ['Qual o prazo de entrega?', 'Fazem entrega em Lisboa?', 'A entrega é grátis?'],
    hours: ['Qual é o horário de funcionamento?', 'Horário no sábado?'],
    returns: ['Como faço uma devolução?', 'Aceitam devolução?'],
    guide: ['GUIDE', 'guide por favor'],
    stop: ['stop', 'STOP'],
    chatter: ['Que coisa mais preciosa', 'Muito obrigada', 'Amei', 'Abraços de Porto Alegre'],
    own: ['Vou verificar', 'De nada'],
  },
  ja: {
    pricing: ['価格はいくらですか', 'いくらですか？', '値段を教えてください'],
    shipping: ['送料はいくらかかりますか', '配送にどのくらいかかりますか'],
    hours: ['営業時間を教えてください', '土曜日の営業時間は？'],
    returns: ['返品できますか', '返品の方法を教えてください'],
    guide: ['GUIDE', 'ＧＵＩＤＥ', 'guideください'],
    stop: ['stop'],
    chatter: ['ありがとうございます', 'かわいい〜', 'すてきですね✨'],
    own: ['確認いたします'],
  },
  zh: {
    pricing: ['多少钱？', '请问价格是多少', '价格？'],
    shipping: ['运费多少', '可以寄到台湾吗，运费怎么算'],
    hours: ['营业时间是几点', '周六的营业时间？'],
    returns: ['可以退货吗', '怎么退货'],
    guide: ['GUIDE', 'guide 谢谢'],
    stop: ['stop'],
    chatter: ['谢谢', '太好看了', '好喜欢😍'],
    own: ['我帮您看一下'],
  },
  ar: {
    pricing: ['كم السعر؟', 'بكم هذا؟', 'السعر من فضلك'],
    shipping: ['كم تكلفة الشحن؟', 'هل الشحن متوفر إلى دبي؟'],
    hours: ['ما هي ساعات العمل؟', 'ساعات العمل يوم السبت؟'],
    returns: ['كيف يمكنني الإرجاع؟', 'هل الإرجاع ممكن؟'],
    guide: ['GUIDE', 'guide من فضلك'],
    stop: ['stop'],
    chatter: ['شكرا جزيلا', 'ما شاء الله', 'جميل جدا ❤️'],
    own: ['سأتحقق من ذلك'],
  },
};

/**
 * Comments of the shop under its own posts: they contain the keyword, and a responder that replies to them
 * talks to itself.
 */
export const OWN_COMMENTS: readonly string[] = [
  'Comment GUIDE and we send it to you!',
  'Write "guide" below 👇',
  'Thank you all ❤️',
];
